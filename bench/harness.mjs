import { spawn, spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/**
 * @typedef {object} Sample What one measurement cost; milliseconds.
 * @property {number} wall
 * @property {number} [cpu] User and system time of the process, where it was a process of its own.
 * @property {number} [rss] The most memory it held, in MiB.
 * @property {number} [bytes] Of the journal, a stage, beside what the stage gave.
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => Promise<Sample>} measure
 * @property {boolean} [isPeer] One that may fail.
 *
 * @typedef {object} Bench
 * @property {string} id By which its result is found again, `what/workload`.
 * @property {string} name
 * @property {string} about One sentence: what is measured, and against what.
 * @property {Contestant} floor What the others are divided by.
 * @property {readonly Contestant[]} ours
 * @property {Readonly<Record<string, number>>} [goals] Contestant → the ratio it should stay under.
 * @property {number} [takes] How often each is measured in a round, in turns, of which the median counts: where the floor takes
 * some milliseconds.
 * @property {number} [rounds] At most, where one takes long.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {Spread} wall
 * @property {Spread} [cpu]
 * @property {Spread} wallRatio To the floor of the same round.
 * @property {Spread} [cpuRatio]
 * @property {Spread} [rss]
 * @property {number} [goal]
 *
 * @typedef {{ median: number, low: number, high: number }} Spread Median and quartiles.
 */

/** A round whose floor took more than this many times the best floor tells of the machine, not of us. */
const DRIFT = 2;

/**
 * Runs a bench in rounds: the floor and then each contestant. Contestants of a round met the same machine, so the figure is
 * the median of the rounds' ratios and not a ratio of medians.
 * @param {Bench} bench
 * @param {{ rounds: number, say?: (line: string) => void }} options
 */
export async function runBench(bench, { rounds: asked, say = () => {} }) {
  const { id, name, about, floor, goals = {}, takes = 1 } = bench;
  const rounds = Math.min(asked, bench.rounds ?? asked);
  const { contestants, failed } = await warmedUp([floor, ...bench.ours], say);
  const all = [];
  for (let round = 1; round <= rounds; round += 1) {
    all.push(await roundOf(contestants, takes));
    say(`${name}: round ${round} of ${rounds}`);
  }
  const wallOfFloor = (samples) => samples.get(floor.name).wall;
  const best = Math.min(...all.map(wallOfFloor));
  const kept = all.filter((samples) => wallOfFloor(samples) <= best * DRIFT);
  const rows = contestants.map(({ name: who }) => row(who, floor.name, kept, goals[who]));
  return { id, name, about, takes, rounds, kept: kept.length, rows, failed, samples: kept.map(Object.fromEntries) };
}

/** Once unmeasured: files come into the system's cache, and a peer that fails at this work is told as such. */
async function warmedUp(all, say) {
  const contestants = [];
  const failed = [];
  for (const contestant of all) {
    try {
      await contestant.measure();
      contestants.push(contestant);
    } catch (error) {
      if (!contestant.isPeer) throw error;
      failed.push(contestant.name);
      say(`${contestant.name} failed: ${error.message}`);
    }
  }
  return { contestants, failed };
}

async function roundOf(contestants, takes) {
  const taken = contestants.map(() => []);
  for (let take = 0; take < takes; take += 1)
    for (const [at, { measure }] of contestants.entries()) taken[at].push(await measure());
  const middle = (samples) =>
    Object.fromEntries(
      Object.keys(samples[0]).map((field) => [field, spread(samples.map((one) => one[field])).median]),
    );
  return new Map(contestants.map(({ name }, at) => [name, middle(taken[at])]));
}

/** @returns {Row} */
function row(who, floor, rounds, goal) {
  const of = (field) => rounds.map((samples) => samples.get(who)[field]);
  const ratio = (field) => rounds.map((samples) => samples.get(who)[field] / samples.get(floor)[field]);
  const has = (field) => of(field).every((value) => value !== undefined);
  return {
    name: who,
    wall: spread(of("wall")),
    wallRatio: spread(ratio("wall")),
    ...(has("rss") && { rss: spread(of("rss")) }),
    ...(has("bytes") && { bytes: spread(of("bytes")) }),
    ...(has("cpu") && { cpu: spread(of("cpu")), cpuRatio: spread(ratio("cpu")) }),
    ...(goal !== undefined && { goal }),
  };
}

/** @param {readonly number[]} values @returns {Spread} */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => {
    const place = (sorted.length - 1) * part;
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/**
 * A process from its start to its end, to its first byte on stdout or stderr, or until it has said a text there. Its CPU time is read from the children of
 * this process, so one is measured at a time.
 * @param {readonly string[]} args of Node
 * @param {{ cwd: string, env?: Record<string, string>, until?: "end" | "output" | { said: string } }} options
 * @returns {Promise<Sample>}
 */
export function measureProcess(args, { cwd, env = {}, until = "end" }) {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    let first;
    let said = "";
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const hear = (bytes) => {
      said += bytes;
      if (until.said === undefined || said.includes(until.said)) first ??= performance.now();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => {
      const end = until === "end" ? performance.now() : first;
      if (code !== 0 || end === undefined) reject(new Error(`node ${args.join(" ")} ended with ${code}: ${said}`));
      else resolve({ wall: end - before });
    });
  });
}

/**
 * A process that says itself what it measured: a JSON Sample as the last line on stdout.
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, program?: string }} options @returns {Promise<Sample>}
 */
export function askProcess(args, { cwd, env = {}, program = process.execPath }) {
  // What those before it wrote goes to the disk now: its own syncs would wait for that.
  spawnSync("sync");
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", "pipe", "inherit"];
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio });
    let said = "";
    child.stdout.on("data", (bytes) => {
      said += bytes;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      // Some engines write their log before it.
      if (code === 0) resolve(JSON.parse(said.trim().split("\n").at(-1)));
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}`));
    });
  });
}
