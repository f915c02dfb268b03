import { StagecraftError } from "../core/errors.js";
import type { Plan } from "../core/plan.js";
import { SHORTEST_SECRET } from "./mask.js";
import type { Secrets } from "./ports.js";

/** What the secrets of a plan and of all that it calls stand for. @throws StagecraftError `secret-missing` */
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
