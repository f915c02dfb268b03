import { expect, it } from "vitest";
import { Chance } from "../sim/chance.js";
import { effectsOf, lanesDefinition, type Told } from "../support/workers/effects.js";
import { expectNoFaults, FLEETS, fleetOf, progress, startRuns, succeeded } from "../support/workers/fleet.js";

/** `npm run chaos` proves at full size what `npm test` proves at a small one. */
const isFull = process.env["STAGECRAFT_CHAOS"] === "full";
const { nodes, kills, stages, wide } = isFull
  ? { nodes: 300, kills: 6, stages: 10_000, wide: 3_000 }
  : { nodes: 60, kills: 2, stages: 300, wide: 120 };
const PATIENCE = { timeout: isFull ? 1_800_000 : 120_000, interval: 100 };
const LIMIT = isFull ? 2_000_000 : 240_000;

/** A graph in which each stage needs up to three before it. */
function randomDefinition(chance: Chance): string {
  const lines = Array.from({ length: nodes }, (_, at) => {
    const picked = Array.from({ length: Math.min(at, chance.int(0, 3)) }, () => `s${chance.int(0, at - 1)}`);
    return `  s${at}: { needs: [${[...new Set(picked)].join(", ")}], uses: test/work, with: { ms: ${chance.int(5, 60)} } }`;
  });
  return `apiVersion: stagecraft/v1\nid: random\nversion: "1.0.0"\nstages:\n${lines.join("\n")}\n`;
}

it.each(FLEETS)(
  "random graphs whose workers are killed in turn, again and again, end (%s), and nothing that ended runs again",
  async (kind) => {
    const made = await fleetOf(kind, { random: randomDefinition(new Chance(300)) });
    const { app } = made;
    const workers = [...(await made.startWorkers("--runs", "2"))];
    const runs = await startRuns(app, "random", 3);
    for (let kill = 1; kill <= kills; kill++) {
      const at = kill % 2 === 0 ? 0 : 1;
      const goal = (kill / (kills + 1)) * nodes * runs.length;
      await expect.poll(() => progress(app), PATIENCE).toBeGreaterThan(goal);
      await workers[at]!.kill();
      workers[at] = await made.startWorker(at, "--runs", "2");
    }
    await expect.poll(() => succeeded(app), PATIENCE).toBe(runs.length);
    await expectNoFaults(made, runs);
    expect(new Set(effectsOf(made.project.folder).map(({ pid }) => pid)).size).toBeGreaterThan(1);
  },
  LIMIT,
);

it.each(FLEETS)(
  "a very long and a very wide run end (%s), and no more of their stages are under way at a time than may be",
  async (kind) => {
    const made = await fleetOf(kind, {
      long: lanesDefinition("long", 100, stages / 100, 0),
      wide: lanesDefinition("wide", wide, 1, 5),
    });
    const { app } = made;
    await made.startWorkers();
    const runs = [...(await startRuns(app, "long", 1)), ...(await startRuns(app, "wide", 1))];
    await expect.poll(() => succeeded(app), PATIENCE).toBe(2);
    await expectNoFaults(made, runs);
    const told = effectsOf(made.project.folder);
    // At Restate a run has fifty attempts away at most; else one process drives it, with so many effects at a time.
    const most = kind === "restate" ? 50 : app.config.concurrency;
    for (const run of runs) expect(widest(told, run), run).toBeLessThanOrEqual(most);
    expect(told.filter(({ what }) => what === "end")).toHaveLength(stages + wide);
  },
  LIMIT,
);

/** How many effects of a run were under way at once, as they told it. */
function widest(told: readonly Told[], run: string): number {
  let [now, most] = [0, 0];
  for (const { what } of told.filter((line) => line.run === run)) {
    now += what === "begin" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}
