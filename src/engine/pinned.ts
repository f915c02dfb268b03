import { StagecraftError } from "../core/errors.js";
import type { Plan } from "../core/plan.js";
import type { Definitions } from "./definitions.js";
import { SHORTEST_SECRET } from "./mask.js";
import type { RunRow, Secrets, Store, StoredDefinition } from "./ports.js";

/** What a run was started with, whatever the files say now; `known`: its row, just read. @throws StagecraftError `unknown-run`, `definition-lost` */
export async function definitionOf(
  store: Store,
  definitions: Definitions,
  run: string,
  known?: RunRow,
): Promise<StoredDefinition> {
  const row = known ?? (await store.getRun(run));
  if (row === undefined) throw new StagecraftError("unknown-run", `there is no run ${run}`);
  const definition = await definitions.get(row.definition);
  if (definition !== undefined) return definition;
  throw new StagecraftError("definition-lost", `the plan of run ${run} is not in the database`, {
    kind: "environment",
  });
}

/** What the secrets of a plan stand for today. @throws StagecraftError `secret-missing` */
export async function secretsOf(secrets: Secrets, plan: Plan): Promise<Record<string, string>> {
  const names = new Set([plan.workflow, ...Object.values(plan.called)].flatMap((workflow) => workflow.secrets));
  const values: Record<string, string> = Object.create(null);
  for (const name of names) {
    const value = await secrets.get(name);
    if (value === undefined || value.length < SHORTEST_SECRET) {
      const fault = value === undefined ? "is not set" : `is shorter than ${SHORTEST_SECRET} characters`;
      throw new StagecraftError("secret-missing", `the secret ${name} ${fault}`, {
        help: `set it in the environment (export ${name}=…), or in the project's folder of secrets`,
      });
    }
    values[name] = value;
  }
  return values;
}
