import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../../src/core/diagnostic.js";
import { type ReadHost, type Reading, readDefinition, type Source } from "../../src/definition/index.js";
import type { Permission, Plugin } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const DEFINITIONS = join(ROOT, "definitions");

/** The registry with every first-party plugin, found in `plugins/` so that a new one is in by being there. */
export async function fullRegistry(allowed: readonly Permission[] = ["shell"]): Promise<Registry> {
  const folders = readdirSync(join(ROOT, "plugins"))
    .filter((name) => !name.startsWith("_") && existsSync(join(ROOT, "plugins", name, "index.ts")))
    .sort();
  const modules = await Promise.all(folders.map((name) => import(join(ROOT, "plugins", name, "index.ts"))));
  return new Registry(
    (modules as { default: Plugin }[]).map((module) => module.default),
    allowed,
  );
}

export const shippedIds: readonly string[] = readdirSync(DEFINITIONS)
  .filter((name) => name.endsWith(".workflow.yaml"))
  .map((name) => name.replace(".workflow.yaml", ""));

export function shippedDefinition(id: string): Source | undefined {
  const file = join(DEFINITIONS, `${id}.workflow.yaml`);
  return existsSync(file) ? { file: `definitions/${basename(file)}`, text: readFileSync(file, "utf8") } : undefined;
}

/** Reads a text as if it stood in `definitions/`. */
export function readText(source: Source, registry: Registry): Reading {
  const host: ReadHost = {
    registry,
    readFile: (path) => {
      const file = join(DEFINITIONS, path);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
    resolveWorkflow: shippedDefinition,
    knownWorkflows: shippedIds,
  };
  return readDefinition(source, host);
}

/** One line a finding, for an assertion that shows them all. */
export function lines(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(
    ({ file, range, severity, code, message, help }) =>
      `${file}:${range.start.line}:${range.start.column} ${severity} ${code}: ${message}${help ? ` (${help})` : ""}`,
  );
}
