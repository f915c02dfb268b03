import fs from "node:fs";
import path from "node:path";
import type { JsonObject } from "../../core/json.js";

/** A file that changed less than this ago may still be written to: milliseconds. */
const REST_MS = 2_000;

/** A file as a trigger sees it. `key` changes when the file does. */
export interface Arrival {
  readonly key: string;
  readonly trigger: JsonObject;
}

/** Files below `project` that match, have content and have come to rest, by name. `*` stands for part of one name. */
export function arrivals(project: string, pattern: string, now: number): readonly Arrival[] {
  const steps = pattern.split("/").filter((step) => step !== "" && step !== ".");
  // A definition never looks outside its project.
  if (steps.includes("..")) return [];
  return matching(project, steps).flatMap((file) => {
    const found = fs.statSync(path.join(project, file), { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || found.size === 0 || now - found.mtimeMs < REST_MS) return [];
    const modifiedAt = new Date(found.mtimeMs).toISOString();
    const trigger = { file, name: path.posix.basename(file), bytes: found.size, modifiedAt };
    return [{ key: `${file} ${found.size} ${found.mtimeMs}`, trigger }];
  });
}

/** Relative, with `/`. Links are not followed. */
function matching(folder: string, [step, ...rest]: readonly string[]): string[] {
  if (step === undefined) return [];
  const isWanted = new RegExp(`^${step.split("*").map(escaped).join("[^/]*")}$`);
  return entriesOf(folder).flatMap((entry) => {
    if (!isWanted.test(entry.name) || (entry.name.startsWith(".") && !step.startsWith("."))) return [];
    if (rest.length === 0) return entry.isFile() ? [entry.name] : [];
    if (!entry.isDirectory()) return [];
    return matching(path.join(folder, entry.name), rest).map((below) => `${entry.name}/${below}`);
  });
}

function entriesOf(folder: string): fs.Dirent[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
