import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { createJiti } from "jiti";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWorkflowTest } from "../src/definition/index.js";
import { coreSchema } from "../src/definition/schema/workflow.js";
import { Registry } from "../src/plugin/registry.js";
import { fullRegistry, lines, ROOT, readText } from "./support/reading.js";

/** A part of a definition cannot use everything around it; a complete one has no finding at all. */
const ALLOWED_IN_PARTS: readonly string[] = ["unused"];

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly first: string;
}

const pages = [
  "README.md",
  "skills/stagecraft/SKILL.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].filter((page) => existsSync(join(ROOT, page)));

const blocks = pages.flatMap(blocksOf);
const yaml = blocks.filter(({ language }) => language === "yaml");
const isTest = ({ first }: Block) => /^# file: \S+\.test\.yaml$/.test(first);
const frame = yaml.find(({ first }) => first === "# frame")?.text ?? "";
const HEADER = 'apiVersion: stagecraft/v1\nid: snippet\nversion: "1.0.0"\n';
const STUB = "\nstages:\n  stub: { uses: transform, with: { values: { ok: true } } }\n";
const temporary = mkdtempSync(join(tmpdir(), "stagecraft-docs-"));

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});
afterAll(() => rmSync(temporary, { recursive: true }));

it("every bad day that durability.md tells of has its test, by its title", () => {
  const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");
  const told = [...textOf("docs/durability.md").matchAll(/(?:\| |<br>)([^|<\n]+) \(`(test\/\S+\.test\.ts)`\)/g)];
  expect(told.length).toBeGreaterThan(30);
  const missing = told.filter(([, title = "", file = ""]) => !textOf(file).includes(`"${title}"`));
  expect(missing.map(([all]) => all)).toEqual([]);
});

describe("YAML in the documentation", () => {
  it("says in its first line what it is", () => {
    const unmarked = yaml.filter(
      ({ first }) => !/^# (file: \S+\.(workflow|test)\.yaml|definition|stages|frame)$/.test(first),
    );
    // The README's first workflow has its file name in the sentence before it.
    const strangers = unmarked.filter(({ text }) => !text.startsWith("apiVersion: "));
    expect(strangers.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });

  it.each(yaml.filter(isTest))("$page:$line is a valid test of a definition on its page", ({ page, line, text }) => {
    const resolveWorkflow = (id: string) => {
      const block = yaml.find((other) => other.page === page && other.first === `# file: ${id}.workflow.yaml`);
      if (block === undefined) return undefined;
      const { plan } = readText({ file: id, text: block.text }, registry);
      return { file: id, ...(plan !== undefined && { plan }) };
    };
    const source = { file: `${page}:${line}`, text };
    const { diagnostics } = readWorkflowTest(source, { resolveWorkflow, knownWorkflows: [], knownUsers: [] });
    expect(lines(diagnostics)).toEqual([]);
  });

  it.each(yaml.filter((block) => !isTest(block)))("$page:$line is a valid definition", (block) => {
    const { diagnostics } = readText({ file: `${block.page}:${block.line}`, text: whole(block) }, registry);
    const part = /^# (definition|stages|frame)$/.test(block.first);
    const found = diagnostics.filter(({ code }) => !(part && ALLOWED_IN_PARTS.includes(code)));
    expect(lines(found)).toEqual([]);
  });
});

describe("TypeScript in the documentation", () => {
  it.each(blocks.filter(({ language, first }) => language === "ts" && first.startsWith("// file: ")))(
    "$page:$line is a plugin that loads",
    async ({ first, text }) => {
      const file = join(temporary, first.replace("// file: plugins/", ""));
      writeFileSync(file, text);
      const jiti = createJiti(import.meta.url, { alias: { "stagecraft/plugin": join(ROOT, "src/plugin/api.ts") } });
      const plugin = await jiti.import<ConstructorParameters<typeof Registry>[0]>(file, { default: true });
      expect([...new Registry([plugin as never]).stages.keys()]).toEqual(["acme/businessDays"]);
    },
  );
});

describe("Links in the documentation", () => {
  it.each(pages)("%s leads to pages that are there", (page) => {
    const targets = [...proseOf(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string);
    const missing = targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it.each(pages)("%s leads to headings that are there", (page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)#:\s]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, target, heading]) => {
      const to = target ? join(dirname(page), target) : page;
      return !headingsOf(to).includes(heading as string);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

describe("The reference of the language", () => {
  const folder = "docs/reference/language";
  const told = pages.filter((page) => page.startsWith(folder)).map((page) => readFileSync(join(ROOT, page), "utf8"));
  const index = readFileSync(join(ROOT, folder, "README.md"), "utf8");

  it("has every page in its index", () => {
    const names = pages.filter((page) => dirname(page) === folder).map((page) => basename(page));
    expect(names.filter((name) => name !== "README.md" && !index.includes(`](${name})`))).toEqual([]);
  });

  it("tells of every key of a definition and of a stage, and shows every stage type at work", () => {
    const { properties: keys, $defs } = coreSchema() as unknown as LanguageSchema;
    const words = [...Object.keys(keys), ...Object.keys($defs.stage.properties)];
    const whole = told.join("\n");
    const silent = words.filter((word) => !new RegExp(`\`${word}(?:\`|[:? .])`).test(whole));
    const unshown = [...registry.stages.keys()].filter((type) => !new RegExp(`uses: ${type}\\b`).test(whole));
    expect({ silent, unshown }).toEqual({ silent: [], unshown: [] });
  });
});

interface LanguageSchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: { readonly stage: { readonly properties: Readonly<Record<string, unknown>> } };
}

/** A page without its blocks of code. */
function proseOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");
}

/** What a page's headings are called in links. */
function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The block as a complete definition. */
function whole({ first, text }: Block): string {
  if (first === "# stages") return `${frame}\nstages:\n${text.replace(/^(?=.)/gm, "  ")}`;
  if (first === "# frame") return text + STUB;
  if (first === "# definition") return HEADER + text + (/^stages:/m.test(text) ? "" : STUB);
  return text;
}

function blocksOf(page: string): Block[] {
  const source = readFileSync(join(ROOT, page), "utf8");
  return [...source.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page: relative(".", page),
    line: source.slice(0, match.index).split("\n").length + 1,
    language: match[1] as string,
    text: match[2] as string,
    first: (match[2] as string).split("\n")[0] as string,
  }));
}
