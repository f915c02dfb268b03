import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../src/app.js";
import { appOf, projectOf } from "../support/project.js";
import { ROOT } from "../support/reading.js";
import { until } from "./support.js";

/** An effect that says in whose process it began, and ends when the file \`go\` is there. */
const PLUGIN = `import fs from "node:fs";
import path from "node:path";
import { definePlugin } from "stagecraft/plugin";
const hold = {
  name: "test/hold", kind: "effect", title: "Hold", description: "Holds.",
  input: { type: "object" }, output: { type: "object" },
  async run(input, context) {
    const folder = context.env("HOLD_FOLDER");
    fs.appendFileSync(path.join(folder, "begun"), process.pid + "\\n");
    while (!fs.existsSync(path.join(folder, "go")) && !context.signal.aborted) await new Promise((r) => setTimeout(r, 20));
    return { outputs: {} };
  },
};
export default definePlugin({ name: "test-hold", version: "1.0.0", apiVersion: 1, stages: [hold] });
`;

const definition = (id: string, stages: string) =>
  `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\nstages:\n${stages}`;

const FILES = {
  "plugins/hold.ts": PLUGIN,
  "definitions/held.workflow.yaml": definition(
    "held",
    "  one: { uses: test/hold }\n  two: { needs: [one], uses: test/hold }\n",
  ),
  "definitions/later.workflow.yaml": definition("later", "  nap: { uses: wait, with: { duration: 1500ms } }\n"),
  "definitions/asked.workflow.yaml": definition(
    "asked",
    '  ok: { uses: approval, with: { approvers: [ann] } }\n  no: { needs: [ok.rejected], uses: end, with: { status: failed, message: "no" } }\n',
  ),
};

let project: string;
let app: App;
const children: ChildProcess[] = [];

beforeEach(async () => {
  project = projectOf(FILES);
  app = await appOf(project);
});

afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await ended(child, "SIGKILL");
  await app.close();
  fs.rmSync(project, { recursive: true, force: true });
});

/** The real program; what it says is kept. */
function stagecraft(...args: string[]): ChildProcess & { said: string } {
  const env = { ...process.env, STAGECRAFT_DB: path.join(project, "test.sqlite"), HOLD_FOLDER: project, NO_COLOR: "1" };
  const child = spawn(process.execPath, [path.join(ROOT, "bin/run.js"), ...args], { cwd: project, env });
  const told = Object.assign(child, { said: "" });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (told.said += text));
  children.push(child);
  return told;
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.on("close", resolve);
    child.kill(signal);
  });
}

async function begin(id: string): Promise<string> {
  return (await app.start(await app.read(id), { inputs: {}, by: app.actor("ann") })).id;
}

const begun = () => {
  const file = path.join(project, "begun");
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
};
const go = () => fs.writeFileSync(path.join(project, "go"), "");
const statusOf = async (run: string) => (await app.findRun(run)).status;
const reached = (run: string, status: string) =>
  until(
    () => statusOf(run),
    (is) => is === status,
  );

describe("workers", () => {
  it("share the runs of one store, and each stage is done once", async () => {
    const runs: string[] = [];
    for (let at = 0; at < 6; at++) runs.push(await begin("held"));
    const workers = [stagecraft("worker", "--runs", "3"), stagecraft("worker", "--runs", "3")];
    await until(
      async () => begun(),
      (lines) => lines.length === 6,
    );
    const share = workers.map(({ pid }) => begun().filter((line) => line === String(pid)).length);
    expect(share).toEqual([3, 3]);
    go();
    for (const run of runs) {
      await reached(run, "succeeded");
      const events = (await (await app.store()).readEvents(run)).map(({ event }) => event);
      const ends = events.filter(({ type }) => type === "stageEnded").map((event) => "stage" in event && event.stage);
      expect(ends.sort()).toEqual(["one", "two"]);
    }
    expect(begun().length).toBe(12);
    expect(await Promise.all(workers.map((worker) => ended(worker, "SIGTERM")))).toEqual([0, 0]);
  });

  it("take over the runs of one that was killed", async () => {
    const run = await begin("held");
    const first = stagecraft("worker");
    await until(
      async () => begun(),
      (lines) => lines.length === 1,
    );
    await ended(first, "SIGKILL");
    const second = stagecraft("worker");
    await until(
      async () => begun(),
      (lines) => lines.at(-1) === String(second.pid),
    );
    go();
    await reached(run, "succeeded");
    const types = (await (await app.store()).readEvents(run)).map(({ event }) => event.type);
    expect(types.filter((type) => type === "attemptLost")).toHaveLength(1);
  });

  it("stop gently: what is under way ends, and the rest is for another", async () => {
    const run = await begin("held");
    const first = stagecraft("worker");
    await until(
      async () => begun(),
      (lines) => lines.length === 1,
    );
    const code = ended(first, "SIGTERM");
    await until(
      async () => first.said,
      (said) => said.includes("stopping"),
    );
    go();
    expect(await code).toBe(0);
    const events = (await (await app.store()).readEvents(run)).map(({ event }) => event);
    expect(events.filter(({ type }) => type === "stageEnded")).toMatchObject([{ stage: "one", outcome: "succeeded" }]);
    expect((await app.findRun(run)).owner).toBeNull();
    stagecraft("worker");
    await reached(run, "succeeded");
    expect(begun()).toHaveLength(2);
  });

  it("wake runs for a timer and for a person's word given elsewhere", async () => {
    stagecraft("worker");
    const [nap, ask] = [await begin("later"), await begin("asked")];
    await reached(ask, "waiting");
    const approvals = await (await app.store()).listApprovals({ run: ask });
    await app.decide(approvals[0]?.id ?? "", { by: app.actor("ann"), outcome: "approved" });
    await reached(ask, "succeeded");
    await reached(nap, "succeeded");
  });
});

describe("the server as a program", () => {
  it("prints where it is, drives what was left, and closes when asked", async () => {
    go();
    const run = await begin("held");
    const server = stagecraft("serve", "--port", "0");
    const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/;
    const said = await until(
      async () => server.said,
      (text) => address.test(text),
    );
    const [login = ""] = address.exec(said) ?? [];
    const token = new URL(login).searchParams.get("token");
    await reached(run, "succeeded");
    const answer = await fetch(new URL(`/api/v1/runs/${run}`, login), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ id: run, status: "succeeded" });
    expect(await ended(server, "SIGTERM")).toBe(0);
  });

  it("in dev checks again when a definition is saved", async () => {
    const server = stagecraft("dev", "--port", "0");
    await until(
      async () => server.said,
      (text) => text.includes("whenever a file is saved"),
    );
    fs.writeFileSync(
      path.join(project, "definitions/held.workflow.yaml"),
      definition("held", "  one: { uses: nothing }\n"),
    );
    await until(
      async () => server.said,
      (text) => text.includes("unknown-stage-type"),
    );
    expect(await ended(server, "SIGTERM")).toBe(0);
  });
});
