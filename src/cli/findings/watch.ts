import fs from "node:fs";
import path from "node:path";
import type { App } from "../../app.js";
import { watchFolders } from "../watch.js";

/** Calls `changed` when something a definition may be made of was saved: YAML, prompts, schemas, tables. */
export async function watchProject(app: App, signal: AbortSignal, changed: () => Promise<void>): Promise<void> {
  const { definitions, project } = app.config;
  const root = fs.existsSync(definitions) ? definitions : project;
  await watchFolders(foldersFrom(root), isPartOfDefinition, changed, signal);
}

/** The folder and all below it. A watch of each is set at once, while Node sets a recursive one some time later. */
function foldersFrom(folder: string): string[] {
  const below = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules");
  return [folder, ...below.flatMap(({ name }) => foldersFrom(path.join(folder, name)))];
}

function isPartOfDefinition(file: string): boolean {
  return !file.startsWith(".") && [".yaml", ".yml", ".md", ".txt", ".json", ".csv"].includes(path.extname(file));
}
