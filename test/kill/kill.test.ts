import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import { sqliteStore } from "../../src/store/index.js";
import { projectOf, shippedProject } from "../support/project.js";
import { ROOT } from "../support/reading.js";

let project: string;
afterEach(() => fs.rmSync(project, { recursive: true, force: true }));

/** The real program in its own process, in the project. */
function stagecraft(...args: string[]): ChildProcess {
  const env = { ...process.env, STAGECRAFT_DB: path.join(project, "kill.sqlite"), CI: "1", NO_COLOR: "1" };
  return spawn(process.execPath, [path.join(ROOT, "bin/run.js"), ...args], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

/** Kills the process the moment it has told of `lines` events. False: it ended before. */
async function killAfter(child: ChildProcess, lines: number): Promise<boolean> {
  let told = 0;
  let isKilled = false;
  child.stderr?.on("data", (chunk: Buffer) => {
    told += chunk.toString().split("\n").length - 1;
    if (told >= lines && !isKilled) isKilled = child.kill("SIGKILL");
  });
  child.stdout?.resume();
  await new Promise((resolve) => child.on("close", resolve));
  return isKilled;
}

async function journal(): Promise<{ status: string; events: readonly Event[] }> {
  const store = sqliteStore({ file: path.join(project, "kill.sqlite") });
  await store.open();
  const [run] = await store.listRuns({ limit: 1 });
  const recorded = run === undefined ? [] : await store.readEvents(run.id);
  await store.close();
  expect(recorded.map(({ seq }) => seq)).toEqual(recorded.map((_, index) => index + 1));
  return { status: run?.status ?? "none", events: recorded.map(({ event }) => event) };
}

/** Ends of stages that did their work, by stage; and stages that began again after such an end. */
function judge(events: readonly Event[]): { twice: string[]; again: string[] } {
  const done = new Set<string>();
  const twice: string[] = [];
  const again: string[] = [];
  for (const event of events) {
    if (event.type === "stageStarted" && done.has(event.stage)) again.push(event.stage);
    if (event.type !== "stageEnded" || event.outcome === "failed" || event.outcome === "cancelled") continue;
    if (done.has(event.stage)) twice.push(event.stage);
    done.add(event.stage);
  }
  return { twice, again };
}

describe("a run whose process is killed", () => {
  it.each([4, 9, 15, 22])("after %i lines goes on where it was, and nothing finished runs again", async (lines) => {
    project = shippedProject();
    const input = "definitions/samples/data-processing.clean.json";
    const wasKilled = await killAfter(stagecraft("run", "data-processing", "--input-file", input), lines);
    const before = await journal();
    const { code, said } = wasKilled ? await exitOf(stagecraft("resume", "last")) : { code: 0, said: "" };
    const { status, events } = await journal();
    expect(judge(events), said).toEqual({ twice: [], again: [] });
    expect(events.slice(0, before.events.length)).toEqual(before.events);
    expect({ code, status }, said).toEqual({ code: 0, status: "succeeded" });
  });

  it("again and again, between every pair of effects, still ends once and right", async () => {
    const stages = Array.from({ length: 12 }, (_, index) => {
      const needs = index === 0 ? "" : `needs: [s${index - 1}], `;
      return `  s${index}: { ${needs}uses: data.write, with: { file: "out/s${index}.json", rows: [{ n: ${index} }] } }`;
    });
    const head = 'apiVersion: stagecraft/v1\nid: chain\nversion: "1.0.0"\nstages:\n';
    project = projectOf({ "definitions/chain.workflow.yaml": `${head}${stages.join("\n")}\n` });
    let kills = (await killAfter(stagecraft("run", "chain"), 3)) ? 1 : 0;
    while (kills < 5) {
      if (!(await killAfter(stagecraft("resume", "last"), 4))) break;
      kills += 1;
    }
    if ((await journal()).status !== "succeeded") await exitOf(stagecraft("resume", "last"));
    const { status, events } = await journal();
    expect(kills).toBeGreaterThan(1);
    expect(status).toBe("succeeded");
    expect(judge(events)).toEqual({ twice: [], again: [] });
    for (let index = 0; index < 12; index++) expect(fs.existsSync(path.join(project, `out/s${index}.json`))).toBe(true);
  });
});
