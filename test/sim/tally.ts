import type { Report } from "./simulate.js";

const COUNTED = [
  ...(["events", "commits", "snapshots", "effects", "deaths", "powerFailures", "lostWrites"] as const),
  ...(["places", "tokens", "waits", "emissions", "heard", "detached", "reminders"] as const),
];
type Counted = (typeof COUNTED)[number];

/** Sums over many seeds, and what to say about them. */
export interface Tally extends Readonly<Record<Counted, number>> {
  readonly seeds: number;
  readonly runs: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: readonly Report[];
  add(report: Report): void;
}

export function tally(): Tally {
  const counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Record<Counted, number>;
  const sum = {
    seeds: 0,
    runs: 0,
    ...counts,
    statuses: {} as Record<string, number>,
    failures: [] as Report[],
    add(report: Report) {
      sum.seeds += 1;
      sum.runs += report.statuses.length;
      for (const name of COUNTED) sum[name] += report[name];
      for (const status of report.statuses) sum.statuses[status] = (sum.statuses[status] ?? 0) + 1;
      if (report.violations.length > 0) sum.failures.push(report);
    },
  };
  return sum;
}

/** One finding, with all it takes to see it again. */
export function renderFailure({ seed, store, odds, violations }: Report): string {
  const drawn = Object.entries(odds).map(([name, value]) => `${name} ${value}`);
  return [
    `seed ${seed}: npm run sim -- --seed ${seed}${store === "memory" ? "" : ` --store ${store}`}`,
    `  ${drawn.join(", ")}`,
    ...violations.map((one) => `  ${one}`),
  ].join("\n");
}
