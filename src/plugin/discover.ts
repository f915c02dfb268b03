import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, isAbsolute, join, relative, resolve } from "node:path";
import { StagecraftError } from "../core/errors.js";
import * as door from "./api.js";
import { checkPlugin } from "./shape.js";

/** Where a project's plugins are. */
export interface PluginPlaces {
  /** The project folder, absolute: every plugin under its `plugins/` is loaded. */
  readonly project: string;
  /** Packages and paths listed in the project's configuration; paths are relative to the project folder. */
  readonly listed?: readonly string[];
  /** Names under `plugins/` to leave alone: those that ship, when the project is Stagecraft itself. */
  readonly shipped?: readonly string[];
}

const EXTENSIONS = [".ts", ".js", ".mjs"];
/** What stands beside a plugin without being one: declarations and tests. */
const NO_PLUGIN = /\.(?:d|test|spec)\.\w+$/;

/**
 * Loads a project's plugins, listed ones first, then `plugins/*.{ts,js,mjs}` and `plugins/<name>/index.{ts,js,mjs}` in
 * order of name. Names that begin with `_` or `.` are left alone,
 * and so are tests. TypeScript needs no build. Loading runs their code.
 * @throws StagecraftError `plugin-not-found`, `plugin-load-failed`, `plugin-invalid`, each naming the file
 */
export async function loadPlugins({ project, listed = [], shipped = [] }: PluginPlaces): Promise<door.Plugin[]> {
  const own = filesIn(join(project, "plugins"), shipped);
  const files = [...listed.map((name) => resolveListed(project, name)), ...own];
  const plugins: door.Plugin[] = [];
  // One after another: what is wrong first is said first, whatever the disk does.
  for (const file of new Set(files)) plugins.push(await loadPlugin(file, project));
  return plugins;
}

/** Loads one plugin from its file. */
async function loadPlugin(file: string, project: string): Promise<door.Plugin> {
  const shown = relative(project, file);
  let exported: unknown;
  try {
    exported = await importDefault(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StagecraftError("plugin-load-failed", `plugin ${shown} does not load: ${message}`, {
      help: "fix it, or rename it to begin with _ so that it is left alone",
      cause: error,
    });
  }
  return checkPlugin(exported, shown);
}

/** By jiti, which is loaded only when a project has plugins. A guest meets our own door: the very classes the engine knows. */
async function importDefault(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, { virtualModules: { "stagecraft/plugin": door }, moduleCache: false });
  return jiti.import(file, { default: true });
}

function filesIn(folder: string, shipped: readonly string[]): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): string[] => {
    if (/^[._]/.test(entry.name) || shipped.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return EXTENSIONS.includes(extname(path)) && !NO_PLUGIN.test(path) ? [path] : [];
    const index = EXTENSIONS.map((extension) => join(path, `index${extension}`)).find((file) => existsSync(file));
    return index === undefined ? [] : [index];
  });
}

function resolveListed(project: string, name: string): string {
  const path = name.startsWith(".") || isAbsolute(name) ? resolve(project, name) : undefined;
  const candidates =
    path === undefined ? [] : [path, ...EXTENSIONS.flatMap((end) => [path + end, join(path, `index${end}`)])];
  const file = candidates.find((candidate) => EXTENSIONS.includes(extname(candidate)) && existsSync(candidate));
  if (file !== undefined) return file;
  try {
    if (path === undefined) return createRequire(join(project, "package.json")).resolve(name);
  } catch {
    // Said below, in our words.
  }
  throw new StagecraftError("plugin-not-found", `there is no plugin ${name}`, {
    help:
      path === undefined ? `install it: npm install ${name}` : `looked for ${relative(project, path)} in the project`,
  });
}
