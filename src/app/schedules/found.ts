import fs from "node:fs";
import type { TriggerPlan } from "../../core/trigger.js";
import type { DefinitionEntry, LoadedDefinition } from "../definitions.js";

/** A trigger of a definition that is valid as it stands in the project now. */
export interface FoundTrigger {
  /** `workflow/trigger`. */
  readonly id: string;
  readonly definition: LoadedDefinition;
  readonly trigger: TriggerPlan;
}

/** A definition that says `triggers` and cannot be started. */
export interface Broken {
  readonly file: string;
  readonly errors: number;
}

export interface Found {
  readonly triggers: readonly FoundTrigger[];
  readonly broken: readonly Broken[];
}

/** Finds the triggers of a project; a file that did not change is not read again. */
export function createFinder(
  list: () => readonly DefinitionEntry[],
  read: (file: string) => Promise<LoadedDefinition>,
): () => Promise<Found> {
  const known = new Map<string, { readonly mark: string; readonly found: Found }>();
  const look = async (file: string): Promise<Found> => {
    const { size, mtimeMs } = fs.statSync(file);
    const mark = `${size} ${mtimeMs}`;
    const before = known.get(file);
    if (before?.mark === mark) return before.found;
    const found = await findIn(file, read);
    known.set(file, { mark, found });
    return found;
  };
  return async () => {
    const all = await Promise.all(list().map(({ file }) => look(file)));
    return { triggers: all.flatMap(({ triggers }) => triggers), broken: all.flatMap(({ broken }) => broken) };
  };
}

async function findIn(file: string, read: (file: string) => Promise<LoadedDefinition>): Promise<Found> {
  // Most definitions have no triggers: they are not worth checking as a whole.
  if (!/^["']?triggers["']?\s*:/m.test(fs.readFileSync(file, "utf8"))) return { triggers: [], broken: [] };
  const definition = await read(file);
  const { plan, diagnostics } = definition.reading;
  if (plan === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    return { triggers: [], broken: [{ file: definition.file, errors }] };
  }
  const { id, triggers = [] } = plan.workflow;
  return { triggers: triggers.map((trigger) => ({ id: `${id}/${trigger.id}`, definition, trigger })), broken: [] };
}
