// How long a process takes to its first new stage: node resume.mjs fresh|rest FOLDER. `rest` first lets another process
// (`half`) run a chain of 1,000 until it is killed at stage 500, and fails if what had ended runs again.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { definitionOf, workload } from "../workloads.mjs";

const [how, folder] = process.argv.slice(2);
const self = fileURLToPath(import.meta.url);
if (how === "rest" || how === "fresh") parent();
else await child();

function parent() {
  const project = fs.mkdtempSync(path.join(folder, "resume-"));
  fs.writeFileSync(
    path.join(project, "stagecraft.config.yaml"),
    JSON.stringify({ plugins: [fileURLToPath(new URL("./plugin.mjs", import.meta.url))] }),
  );
  const size = how === "rest" ? 1_000 : 3;
  fs.writeFileSync(path.join(project, "chain.workflow.yaml"), definitionOf("chain", workload(`chain:${size}`)));
  if (how === "rest") spawnSync(process.execPath, [self, "half", project], { stdio: "inherit" });
  const before = size === 3 ? [] : stagesRun(project);
  const ended = before.slice(0, -1);
  const { stdout, status } = spawnSync(process.execPath, [self, size === 3 ? "start" : "goOn", project], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the process ended with ${status}`);
  const after = stagesRun(project).slice(before.length);
  const twice = after.filter((id) => ended.includes(id));
  if (twice.length > 0) throw new Error(`ran again though they had ended: ${twice.join(", ")}`);
  if (new Set([...before, ...after]).size !== size) throw new Error(`${after.length} of ${size} stages ran`);
  console.log(stdout);
}

function stagesRun(project) {
  return fs.readFileSync(path.join(project, "ran"), "utf8").trim().split("\n");
}

async function child() {
  const project = folder;
  let first;
  globalThis.stagecraftBench = {
    stage(_run, id) {
      first ??= performance.now();
      fs.appendFileSync(path.join(project, "ran"), `${id}\n`);
      if (how === "half" && id === "s500") process.kill(process.pid, "SIGKILL");
      return { id, value: "x".repeat(80) };
    },
  };
  const { loadConfig, openApp } = await import("../../dist/src/index.js");
  const app = openApp({ config: await loadConfig({ cwd: project }) });
  let run;
  if (how === "goOn") run = (await app.findRun("last")).id;
  else {
    const definition = await app.read(path.join(project, "chain.workflow.yaml"));
    run = (await app.start(definition, { inputs: {}, by: app.actor() })).id;
  }
  const { status } = await app.drive(run, { patience: 0 });
  if (status !== "succeeded") throw new Error(`the run ${status}`);
  await app.close();
  console.log(JSON.stringify({ wall: first }));
}
