import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import { StagecraftError } from "../core/errors.js";
import { nearest } from "../core/suggest.js";
import { type Reading, readDefinition, type Source } from "../definition/index.js";
import type { Registry } from "../plugin/registry.js";

const ENDING = ".workflow.yaml";

/** A definition as found in the project, its header read without checking it. */
export interface DefinitionEntry {
  readonly id: string;
  readonly file: string;
  readonly title?: string;
  readonly version?: string;
  readonly domain?: string;
}

/** A definition with what reading it found. */
export interface LoadedDefinition {
  /** As shown to people: relative to the working folder where that is shorter. */
  readonly file: string;
  readonly text: string;
  readonly reading: Reading;
}

/** The definitions of the project, by file name. @throws StagecraftError `duplicate-definition` */
export function listDefinitions(config: Config): readonly DefinitionEntry[] {
  const entries = filesBelow(config.definitions, ENDING).map((file) => headerOf(file, fs.readFileSync(file, "utf8")));
  const known = new Map<string, string>();
  for (const { id, file } of entries) {
    const other = known.get(id);
    if (other !== undefined) {
      throw new StagecraftError("duplicate-definition", `${shown(other)} and ${shown(file)} both have the id ${id}`, {
        help: "ids are unique in a project: rename one of the two",
      });
    }
    known.set(id, file);
  }
  return entries;
}

/** Reads a definition by id among the project's, or by path. @throws StagecraftError `unknown-definition` */
export function loadDefinition(config: Config, registry: Registry, definition: string): LoadedDefinition {
  const file = locate(config, definition);
  return readText(config, registry, { file, text: fs.readFileSync(file, "utf8") });
}

/** Reads the text of a definition as if it stood in `file`. */
export function readText(config: Config, registry: Registry, { file, text }: Source): LoadedDefinition {
  const folder = path.dirname(file);
  const entries = () => listDefinitions(config);
  const reading = readDefinition(
    { file: shown(file), text },
    {
      registry,
      readFile: (relative) => readBeside(config, folder, relative),
      resolveWorkflow: (id) => sourceOf(folder, entries(), id),
      get knownWorkflows() {
        return entries().map(({ id }) => id);
      },
    },
  );
  return { file: shown(file), text, reading };
}

function locate(config: Config, definition: string): string {
  const asPath = path.resolve(definition);
  if (isFile(asPath)) return asPath;
  const entries = listDefinitions(config);
  const entry = entries.find(({ id }) => id === definition);
  if (entry !== undefined) return entry.file;
  const ids = entries.map(({ id }) => id);
  const close = nearest(definition, ids);
  const help =
    close === undefined
      ? ids.length === 0
        ? `there are no definitions in ${shown(config.definitions)}`
        : `definitions: ${ids.join(", ")}`
      : `did you mean ${close}?`;
  throw new StagecraftError("unknown-definition", `there is no definition ${definition}`, { help });
}

/** A called workflow: one of the project's, or a file named after it beside the caller. */
function sourceOf(folder: string, entries: readonly DefinitionEntry[], id: string): Source | undefined {
  const beside = path.join(folder, `${id}${ENDING}`);
  const file = entries.find((entry) => entry.id === id)?.file ?? (isFile(beside) ? beside : undefined);
  return file === undefined ? undefined : { file: shown(file), text: fs.readFileSync(file, "utf8") };
}

/** Files a definition names stay within the project, or within its own folder. */
function readBeside(config: Config, folder: string, relative: string): string | undefined {
  const file = path.resolve(folder, relative);
  const isInside = [config.project, folder].some((root) => file.startsWith(root + path.sep));
  return isInside && isFile(file) ? fs.readFileSync(file, "utf8") : undefined;
}

/** Absolute, by name. */
export function filesBelow(folder: string, ending: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Top-level scalars by their line: enough for a list, and right for every file that validates. */
function headerOf(file: string, text: string): DefinitionEntry {
  const field = (name: string) => {
    const line = new RegExp(`^${name}:[ \\t]+(.+?)[ \\t]*(?:#.*)?$`, "m").exec(text)?.[1];
    return line?.replace(/^(["'])(.*)\1$/, "$2");
  };
  const id = field("id") ?? path.basename(file, ENDING);
  const rest = { title: field("title"), version: field("version"), domain: field("domain") };
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { id, file, ...(known as Omit<DefinitionEntry, "id" | "file">) };
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** As people read it: relative to the working folder where that is shorter. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative || ".";
}
