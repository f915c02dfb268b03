import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Plugin } from "@oclif/core";
import { measureProcess } from "./harness.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const own = path.join(root, "bin/run.js");

const COMMAND = `import { Args, Command, Flags } from "@oclif/core";
export default class Hello extends Command {
  static args = { name: Args.string() };
  static flags = { loud: Flags.boolean() };
  async run() {
    await this.parse(Hello);
    this.log("hello");
  }
}
`;

const DEFINITION = `apiVersion: stagecraft/v1
id: small
version: 1.0.0
inputs:
  amount: { type: number }
stages:
  check:
    uses: transform
    with: { values: { isLarge: "\${{ inputs.amount > 10.0 }}" } }
  tell:
    uses: transform
    needs: [check]
    with: { values: { wasLarge: "\${{ stages.check.outputs.isLarge }}" } }
`;

/** Process start-up: a command that does nothing, made with the same oclif and with a manifest, against ours. */
export async function make() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-bench-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  const bare = await bareCommand(path.join(folder, "bare"));
  fs.writeFileSync(path.join(folder, "small.workflow.yaml"), DEFINITION);
  const measure = (args, until) => () => measured(folder, args, until);
  const run = [own, "run", "small.workflow.yaml", "-i", "amount=3"];
  const benches = [
    {
      id: "startup/end",
      name: "start-up, to the end",
      about:
        "From the start of the process to its end; the floor is an oclif command with a manifest that prints one word.",
      floor: { name: "bare oclif command", measure: measure([bare, "hello", "x"]) },
      ours: [
        { name: "`--version`", measure: measure([own, "--version"]) },
        { name: "`validate` of two stages", measure: measure([own, "validate", "small.workflow.yaml"]) },
        { name: "`run` of two stages", measure: measure(run) },
      ],
      goals: { "`validate` of two stages": 1.6 },
    },
    {
      id: "startup/first",
      name: "start-up, to the first output",
      about:
        "From the start of the process to the first byte it prints: a run says what it runs as soon as that and its inputs are known to be good. Its first event is printed when it is on disk.",
      floor: { name: "bare oclif command", measure: measure([bare, "hello", "x"], "output") },
      ours: [
        { name: "`run` of two stages", measure: measure(run, "output") },
        { name: "the same, to its first event", measure: measure(run, { said: "run started" }) },
      ],
      goals: { "`run` of two stages": 1.5 },
    },
  ];
  return benches.map((bench) => ({ id: bench.id, name: bench.name, open: () => bench }));
}

/** CPU is of the whole process, so it is told only where the whole process is measured. */
async function measured(folder, args, until = "end") {
  const file = path.join(folder, "cpu");
  const hook = ["--import", new URL("./children/cpu.mjs", import.meta.url).href];
  const env = { STAGECRAFT_DB: path.join(folder, "runs.sqlite"), BENCH_CPU_FILE: file };
  const sample = await measureProcess([...hook, ...args], { cwd: folder, env, until });
  return until === "end" ? { ...sample, cpu: Number(fs.readFileSync(file, "utf8")) } : sample;
}

/** A package with one command; the path of its door. */
async function bareCommand(folder) {
  fs.mkdirSync(path.join(folder, "commands"), { recursive: true });
  fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  const oclif = { bin: "bare", dirname: "bare", commands: { strategy: "pattern", target: "./commands" } };
  const manifest = { name: "bare", version: "1.0.0", type: "module", files: ["commands"], oclif };
  const door = path.join(folder, "run.js");
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, "commands/hello.js"), COMMAND);
  fs.writeFileSync(door, `import { execute } from "@oclif/core";\nawait execute({ dir: "${pathToFileURL(door)}" });\n`);
  const plugin = new Plugin({ root: folder, type: "user", ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  fs.writeFileSync(path.join(folder, "oclif.manifest.json"), JSON.stringify(plugin.manifest));
  return door;
}
