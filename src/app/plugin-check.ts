import { StagecraftError } from "../core/errors.js";
import { isObject } from "../core/json.js";
import { nearest } from "../core/suggest.js";
import { readDefinition } from "../definition/index.js";
import type { Plugin, StageType } from "../plugin/api.js";
import { Registry } from "../plugin/registry.js";

/** Something about a part of a plugin that will trouble its users. Errors: it does not do what it says. */
export interface PluginFinding {
  readonly part: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help: string;
}

export interface CheckedPlugin {
  readonly plugin: Plugin;
  readonly findings: readonly PluginFinding[];
}

/** Looks at what plugins say of themselves; runs nothing of them but their checks. @throws StagecraftError `unknown-plugin` */
export function checkPlugins(registry: Registry, only?: string): readonly CheckedPlugin[] {
  const wanted = registry.plugins.filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && wanted.length === 0) {
    const names = registry.plugins.map(({ name }) => name);
    const meant = nearest(only, names);
    throw new StagecraftError("unknown-plugin", `there is no plugin ${only}`, {
      help: meant === undefined ? `plugins: ${names.join(", ")}` : `did you mean ${meant}?`,
    });
  }
  // What the operator has to allow is allowed to an example.
  const all = new Registry(registry.plugins, ["shell"]);
  return wanted.map((plugin) => ({
    plugin,
    findings: (plugin.stages ?? []).flatMap((stage) => [
      ...wordsOf(stage),
      ...keysOf(stage),
      ...examplesOf(stage, all),
    ]),
  }));
}

function wordsOf({ name, title, description }: StageType): readonly PluginFinding[] {
  const found: PluginFinding[] = [];
  if (!/^\p{Lu}/u.test(title)) found.push(warning(name, "the title begins with a small letter", "dashboards show it"));
  if (!/^\p{Lu}.*\.$/su.test(description)) {
    found.push(warning(name, "the description is no sentence", "editors show it when `uses` is hovered over"));
  }
  return found;
}

function keysOf({ name, input }: StageType): readonly PluginFinding[] {
  const found: PluginFinding[] = [];
  if (input.additionalProperties === undefined || input.additionalProperties === true) {
    const help = "`additionalProperties: false` lets validate find them";
    found.push(warning(name, "keys of `with` that nobody knows are taken", help));
  }
  const properties = isObject(input.properties) ? input.properties : {};
  for (const [key, schema] of Object.entries(properties)) {
    if (isObject(schema) && typeof schema["description"] === "string") continue;
    found.push(warning(name, `\`with.${key}\` has no description`, "editors complete it with its description"));
  }
  const missing = (Array.isArray(input.required) ? input.required : []).filter((key) => {
    return typeof key === "string" && !Object.hasOwn(properties, key);
  });
  for (const key of missing) {
    found.push(error(name, `\`with.${key}\` is required, and not among the properties`, "nobody could write it"));
  }
  return found;
}

/** An example is read as the only stage of a definition: what it names may be missing, the rest must hold. */
function examplesOf({ name, examples = [] }: StageType, registry: Registry): readonly PluginFinding[] {
  if (examples.length === 0) {
    return [warning(name, "there is no example", "`plugins show`, the editor and the reference show it")];
  }
  return examples.flatMap((example, at) => {
    const stage = example.trimEnd().replace(/^/gm, "    ");
    const text = `apiVersion: stagecraft/v1\nid: example\nversion: "1.0.0"\nstages:\n  example:\n${stage}\n`;
    const { diagnostics } = readDefinition({ file: `example ${at + 1}`, text }, { ...ALONE, registry });
    return diagnostics
      .filter(({ severity, code }) => severity === "error" && !code.startsWith("unknown-"))
      .map(({ message, code, help }) => error(name, `example ${at + 1}: ${message} [${code}]`, help ?? "mend it"));
  });
}

const ALONE = { readFile: () => undefined, resolveWorkflow: () => undefined, knownWorkflows: [] };

function warning(part: string, message: string, help: string): PluginFinding {
  return { part, severity: "warning", message, help };
}

function error(part: string, message: string, help: string): PluginFinding {
  return { part, severity: "error", message, help };
}
