import type { Report } from "./simulate.js";

/** Sums over many seeds, and what to say about them. */
export interface Tally {
  readonly seeds: number;
  readonly runs: number;
  readonly events: number;
  readonly commits: number;
  readonly snapshots: number;
  readonly effects: number;
  readonly deaths: number;
  readonly powerFailures: number;
  readonly lostWrites: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: readonly Report[];
  add(report: Report): void;
}

export function tally(): Tally {
  const sum = {
    seeds: 0,
    runs: 0,
    events: 0,
    commits: 0,
    snapshots: 0,
    effects: 0,
    deaths: 0,
    powerFailures: 0,
    lostWrites: 0,
    statuses: {} as Record<string, number>,
    failures: [] as Report[],
    add(report: Report) {
      sum.seeds += 1;
      sum.runs += report.statuses.length;
      sum.events += report.events;
      sum.commits += report.commits;
      sum.snapshots += report.snapshots;
      sum.effects += report.effects;
      sum.deaths += report.deaths;
      sum.powerFailures += report.powerFailures;
      sum.lostWrites += report.lostWrites;
      for (const status of report.statuses) sum.statuses[status] = (sum.statuses[status] ?? 0) + 1;
      if (report.violations.length > 0) sum.failures.push(report);
    },
  };
  return sum;
}

/** One finding, with all it takes to see it again. */
export function renderFailure({ seed, odds, violations }: Report): string {
  const drawn = Object.entries(odds).map(([name, value]) => `${name} ${value}`);
  return [
    `seed ${seed}: npm run sim -- --seed ${seed}`,
    `  ${drawn.join(", ")}`,
    ...violations.map((one) => `  ${one}`),
  ].join("\n");
}
