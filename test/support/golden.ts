import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadHost } from "../../src/definition/index.js";
import { definePlugin, defineStage, type Permission } from "../../src/plugin/api.js";
import { fullRegistry, ROOT } from "./reading.js";

export const GOLDEN = join(ROOT, "test/golden");

const broken = defineStage({
  name: "test/broken",
  kind: "pure",
  title: "Broken",
  description: "Falls over when it is asked anything.",
  input: { type: "object" },
  output: () => {
    throw new Error("no output");
  },
  check: () => {
    throw new Error("it fell over");
  },
  run: () => ({ outputs: {} }),
});

const verdict = defineStage({
  name: "test/verdict",
  kind: "pure",
  title: "Verdict",
  description: "Ends as it is told, without looking at the words.",
  input: { type: "object", properties: { words: { type: "array" } } },
  output: { type: "object" },
  outcomes: ({ with: input }) => (Array.isArray(input["words"]) ? input["words"].map(String) : []),
  run: () => ({ outputs: {} }),
});

const script = defineStage({
  name: "test/script",
  kind: "effect",
  title: "Script",
  description: "Hands a text to a shell.",
  input: { type: "object", properties: { command: { type: "string" }, env: { type: "object" } } },
  output: { type: "object", required: ["printed"], properties: { printed: { type: "string" } } },
  sensitive: { command: "shell" },
  run: async () => ({ outputs: { printed: "" } }),
});

/** Where golden definitions stand: every first-party plugin, files of `files/`, workflows of `called/`. */
export async function goldenHost(allowed?: readonly Permission[]): Promise<ReadHost> {
  const registry = await fullRegistry(allowed);
  registry.add(definePlugin({ name: "test", version: "1.0.0", apiVersion: 1, stages: [broken, verdict, script] }));
  const fileOf = (folder: string, name: string) => join(GOLDEN, folder, name);
  const text = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  return {
    registry,
    readFile: (path) => text(fileOf("files", path)),
    resolveWorkflow: (id) => {
      const found = text(fileOf("called", `${id}.yaml`));
      return found === undefined ? undefined : { file: `${id}.yaml`, text: found };
    },
    knownWorkflows: readdirSync(join(GOLDEN, "called")).map((name) => name.replace(".yaml", "")),
  };
}
