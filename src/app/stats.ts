import type { Plan } from "../core/plan.js";
import type { RunRow, Store } from "../engine/ports.js";
import { type RunMetrics, runMetrics, type SummarizedRun } from "../observe/run-metrics.js";
import { type RunSummary, SUMMARY_MAKER, summarize } from "../observe/run-summary.js";

/** Runs that a summary looks at. */
const MOST_RUNS = 20_000;
/** Summaries kept in one transaction: others write between two. */
const AT_ONCE = 200;

/** Of a run whose plan is lost. */
const NOTHING: RunSummary = { stages: [], models: [], approvalWaits: [], queued: 0 };

export interface StatsFilter {
  readonly workflow?: string | undefined;
  /** Created at or after: milliseconds. */
  readonly since?: number | undefined;
}

/** `truncated`: there were more runs than are counted; the newest are. */
export interface StatsReport extends RunMetrics {
  readonly truncated: boolean;
}

/** What runs came to. A run is folded once after its last event, whoever asks, and the result kept beside its journal. */
export interface Stats {
  report(filter: StatsFilter): Promise<StatsReport>;
  /** What one run came to so far. */
  of(run: RunRow): Promise<RunSummary>;
  /** Throws away what is kept and makes it anew from the journals. Returns of how many runs. */
  rebuild(): Promise<number>;
}

export function statsOf(existing: () => Promise<Store>): Stats {
  const report = async (filter: StatsFilter): Promise<StatsReport> => {
    const store = await existing();
    const given = {
      ...(filter.workflow && { workflow: filter.workflow }),
      ...(filter.since && { since: filter.since }),
    };
    const runs = await store.listRuns({ ...given, limit: MOST_RUNS });
    return { truncated: runs.length === MOST_RUNS, ...runMetrics(await summarized(store, runs, given)) };
  };
  return {
    report,
    async of(run) {
      const store = await existing();
      const [one] = await makeAll(store, [run]);
      return one?.summary ?? NOTHING;
    },
    async rebuild() {
      const store = await existing();
      await store.dropSummaries();
      return (await makeAll(store, await store.listRuns({}))).length;
    },
  };
}

/** What is kept of a run is of all its events, or made anew. */
async function summarized(
  store: Store,
  runs: readonly RunRow[],
  filter: StatsFilter,
): Promise<readonly SummarizedRun[]> {
  const kept = new Map((await store.summaries(filter)).map((one) => [one.run, one]));
  const known = new Map<string, RunSummary>();
  for (const run of runs) {
    const one = kept.get(run.id);
    if (one?.seq === run.headSeq && one.maker === SUMMARY_MAKER) known.set(run.id, JSON.parse(one.body) as RunSummary);
  }
  const made = await makeAll(
    store,
    runs.filter(({ id }) => !known.has(id)),
  );
  for (const { run, summary } of made) known.set(run.id, summary);
  const used = new Map((await store.resources(filter)).map((one) => [one.run, one]));
  return runs.map((run) => ({ run, summary: known.get(run.id) ?? NOTHING, used: used.get(run.id) }));
}

async function makeAll(store: Store, runs: readonly RunRow[]): Promise<readonly SummarizedRun[]> {
  const plans = new Map<string, Plan | undefined>();
  const made: SummarizedRun[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const page: (SummarizedRun & { readonly seq: number })[] = [];
    for (const run of runs.slice(from, from + AT_ONCE)) {
      if (!plans.has(run.definition)) plans.set(run.definition, (await store.getDefinition(run.definition))?.plan);
      const plan = plans.get(run.definition);
      if (plan === undefined) continue;
      const events = (await store.readEvents(run.id)).map(({ event }) => event);
      page.push({ run, summary: summarize(plan, events), seq: events.length });
    }
    await store.keepSummaries(
      page.map(({ run, summary, seq }) => ({ run: run.id, seq, maker: SUMMARY_MAKER, body: JSON.stringify(summary) })),
    );
    made.push(...page);
  }
  return made;
}
