import { checkAgainst } from "../written.js";
import type { CheckContext } from "./context.js";

/** Agents and rule sets against what the plugins that give them meaning say of one. */
export function checkParts({ registry, model, findings }: CheckContext): void {
  for (const { definitions } of registry.plugins) {
    for (const section of ["agents", "rulesets"] as const) {
      const schema = definitions?.[section];
      if (schema === undefined) continue;
      for (const [name, body] of Object.entries(model[section])) checkAgainst(schema, body, [section, name], findings);
    }
  }
}
