// The documentation as a site: `npm run docs` builds it into docs/.vitepress/dist. The pages are those of the repository, so
// that they read the same there.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const docs = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Pages of a folder in the order of their titles, as entries of the sidebar. */
function entries(folder) {
  return fs
    .readdirSync(path.join(docs, folder))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .map((name) => ({
      text: titleOf(path.join(docs, folder, name)),
      link: `/docs/${folder}/${name.replace(/\.md$/, "")}`,
    }))
    .sort((a, b) => a.text.localeCompare(b.text, "en", { numeric: true }));
}

function titleOf(file) {
  return /^# (.+)$/m.exec(fs.readFileSync(file, "utf8"))?.[1]?.replaceAll("`", "") ?? path.basename(file, ".md");
}

const page = (name) => ({ text: titleOf(path.join(docs, `${name}.md`)), link: `/docs/${name}` });

/** Nothing in angles is HTML. A README is its folder's page; what is no page of the site, such as a source, is not linked. */
function asPages(md) {
  md.options.html = false;
  md.core.ruler.push("pages", ({ tokens }) => {
    for (const { children } of tokens) {
      for (const [at, token] of (children ?? []).entries()) {
        const href = token.type === "link_open" ? (token.attrGet("href") ?? "") : "";
        if (href === "" || /^(?:[a-z]+:|#)/.test(href)) continue;
        const isPage = /\.md(?:#|$)/.test(href);
        token.attrSet("href", href.replace(/README\.md/, ""));
        if (isPage) continue;
        token.tag = "span";
        token.attrs = null;
        const close = children.slice(at).find(({ type }) => type === "link_close");
        if (close !== undefined) close.tag = "span";
        token.type = "span_open";
      }
    }
  });
}

export default {
  title: "Stagecraft",
  description: "Declarative agentic workflows: checked like a program, run as a durable parallel graph.",
  srcDir: "..",
  srcExclude: ["AGENTS.md", "src/**", "test/**", "bench/*/**", "plugins/**", "definitions/**", "docs/api/**"],
  rewrites: { "README.md": "index.md", ":folder(.*)/README.md": ":folder/index.md" },
  cleanUrls: true,
  // scripts/docs.mjs follows every link of the site as it came out.
  ignoreDeadLinks: true,
  markdown: { config: asPages, attrs: { disable: true } },
  // Braces in a sentence are the language's, not the site's.
  vue: { template: { compilerOptions: { delimiters: ["\u0001", "\u0002"] } } },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tutorial", link: "/docs/tutorial" },
      { text: "How to", link: "/docs/" },
      { text: "Commands", link: "/docs/reference/commands" },
      { text: "Language", link: "/docs/reference/language/" },
    ],
    sidebar: [
      { text: "Tutorial", items: [page("tutorial")] },
      { text: "How to", items: entries("how-to") },
      { text: "Reference", items: entries("reference") },
      {
        text: "The language",
        collapsed: true,
        items: [{ text: "All of it", link: "/docs/reference/language/" }, ...entries("reference/language")],
      },
      { text: "Explanation", items: ["concepts", "durability", "performance", "comparison"].map(page) },
      { text: "Decisions", collapsed: true, items: entries("decisions") },
    ],
  },
};
