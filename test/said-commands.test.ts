import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, ROOT } from "./support/sources.js";

interface Flag {
  readonly char?: string;
  readonly allowNo?: boolean;
}
interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, Flag>> }>>;
}

const { commands } = JSON.parse(fs.readFileSync(path.join(ROOT, "oclif.manifest.json"), "utf8")) as Manifest;
const topics = new Set(Object.keys(commands).map((id) => id.split(":")[0] as string));
const text = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");
const words = (line: string) => line.trim().split(/\s+/).filter(Boolean);

/** What a block of code is called whose lines are typed in a terminal. */
const SHELLS: ReadonlySet<string> = new Set(["", "bash", "sh", "console"]);

/** Why this command line is none of the program's; undefined when it is one. */
function faultOf(given: readonly string[]): string | undefined {
  const [first = ""] = given;
  if (/^(-h|--help|-V|--version)?$/.test(first) || !/^[a-z]/.test(first)) return undefined;
  const whole = given.slice(0, 2).join(":");
  const id = Object.hasOwn(commands, whole) ? whole : first;
  const isTopic = topics.has(first) && given.length === 1;
  if (!Object.hasOwn(commands, id)) return isTopic ? undefined : `there is no command ${given.slice(0, 2).join(" ")}`;
  const flags = commands[id]?.flags ?? {};
  const chars = new Set(Object.values(flags).map(({ char }) => char));
  const stranger = given.find((word) => {
    const [, name] = /^--([\w-]+)/.exec(word) ?? [];
    if (name !== undefined) {
      const positive = name.replace(/^no-/, "");
      const isKnown = Object.hasOwn(flags, name) || (Object.hasOwn(flags, positive) && flags[positive]?.allowNo);
      return !isKnown && name !== "help";
    }
    const [, char] = /^-([A-Za-z])/.exec(word) ?? [];
    return char !== undefined && char !== "h" && !chars.has(char);
  });
  return stranger === undefined ? undefined : `${id.replace(":", " ")} has no ${stranger}`;
}

/** What pages write as code, one command line each: up to a comment, a pipe, or the next command. */
function commandLines(page: string): string[] {
  const source = text(page);
  const blocks = [...source.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter(([, language = ""]) =>
    SHELLS.has(language),
  );
  const fenced = blocks.flatMap(([, , block = ""]) => block.replaceAll("\\\n", " ").split("\n"));
  const inline = [...source.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...fenced, ...inline].flatMap((line) =>
    [...line.matchAll(/(?<![\w/.@-])stagecraft ((?:"[^"]*"|'[^']*'|[^#|;&·>)"'])*)/g)].map(([, rest = ""]) => rest),
  );
}

const pages = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "deploy/README.md",
  ...filesBelow("skills", /\.md$/),
  ...filesBelow("docs", /\.md$/).filter((file) => !file.startsWith("docs/decisions/")),
];

describe("commands that are written down", () => {
  it.each(pages)("%s names commands and flags that are there", (page) => {
    const faults = commandLines(page).map((line) => faultOf(words(line.replace(/"[^"]*"|'[^']*'/g, "TEXT"))));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it("are found on the pages that show the most", () => {
    expect(commandLines("README.md").length).toBeGreaterThan(15);
    expect(commandLines("skills/stagecraft/SKILL.md").length).toBeGreaterThan(5);
    expect(faultOf(["run", "refund", "--nonesuch"])).toBe("run has no --nonesuch");
    expect(faultOf(["rum", "refund"])).toBe("there is no command rum refund");
  });

  it.each(filesBelow("deploy", /\.(service|ya?ml)$|Dockerfile$/))("%s starts commands that are there", (file) => {
    const started = [
      ...text(file).matchAll(/^ExecStart=\S+ node_modules\/stagecraft\/bin\/run\.js (.+)$/gm),
      ...text(file).matchAll(/\b(?:args|command): \[([^\]]+)\]/g),
      ...text(file).matchAll(
        /^(?:CMD|RUN|ENTRYPOINT) \[(?:"node", "node_modules\/stagecraft\/bin\/run\.js",? ?)?([^\]]*)\]$/gm,
      ),
    ].map(([, rest = ""]) => words(rest.replace(/[",]/g, " ")));
    expect(started.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });
});
