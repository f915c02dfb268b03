import type { Actor } from "../core/approval.js";
import type { Migration } from "../core/migrate.js";
import { checkInputs } from "../definition/index.js";
import type { Engine } from "../engine/engine.js";
import type { Store } from "../engine/ports.js";
import type { LoadedDefinition } from "./definitions.js";
import { givenTo } from "./runs.js";
import { planOf, storedOf } from "./start.js";

export interface MigrateOptions {
  readonly by: Actor;
  /** Only says what would come of it. */
  readonly isDry: boolean;
}

/** Moves a run to the definition, unless its history or its inputs speak against it. */
export async function migrateRun(
  { engine, store }: { readonly engine: Engine; readonly store: Store },
  run: string,
  definition: LoadedDefinition,
  { by, isDry }: MigrateOptions,
): Promise<Migration> {
  const plan = planOf(definition);
  const { inputs: given } = await givenTo(store, run);
  const { values: inputs, issues } = checkInputs(plan.workflow, given);
  const unfit = issues.map(({ message }) => message);
  const options = { inputs, by: by.user, isDry: isDry || unfit.length > 0 };
  const migration = await engine.migrate(run, storedOf(plan, definition.text), options);
  return { ...migration, refusals: [...migration.refusals, ...unfit] };
}
