// Builds the documentation as a site into docs/.vitepress/dist, and follows every link in it.
// VitePress is fetched by npx, in one version: it is five times what all other tools of this project take, and only who
// publishes the site needs it.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const VITEPRESS = "vitepress@1.6.4";
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const site = path.join(root, "docs/.vitepress/dist");

const { status } = spawnSync("npx", ["--yes", VITEPRESS, "build", "docs"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const pages = fs.readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const dead = pages.flatMap((page) =>
  linksOf(page)
    .filter((link) => !isThere(page, link))
    .map((link) => `${page}: ${link}`),
);
for (const line of dead) console.error(`leads nowhere: ${line}`);
console.log(`${pages.length} pages in ${path.relative(process.cwd(), site)}, ${dead.length} dead links`);
process.exitCode = dead.length === 0 ? 0 : 1;

function linksOf(page) {
  const text = fs.readFileSync(path.join(site, page), "utf8");
  const links = [...text.matchAll(/<a [^>]*?href="([^"]*)"|<img [^>]*?src="([^"]*)"/g)].map(
    ([, href, src]) => href ?? src,
  );
  return links.filter((link) => !/^(?:[a-z]+:|#)/.test(link));
}

/** As a server of static files with clean addresses finds it. */
function isThere(page, link) {
  const [name = ""] = decodeURIComponent(link).split(/[?#]/);
  const file = name.startsWith("/") ? path.join(site, name) : path.join(site, path.dirname(page), name);
  return [file, `${file}.html`, path.join(file, "index.html")].some((one) =>
    fs.statSync(one, { throwIfNoEntry: false })?.isFile(),
  );
}
