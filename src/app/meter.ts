import type { Usage } from "../core/event.js";
import type { Listener, Store } from "../engine/ports.js";
import { type Exposition, openExposition, type Standing } from "../observe/prometheus.js";
import type { Scrape, ScrapeAddress } from "../server/scraping.js";
import type { Stats } from "./stats.js";

/** Facts that are held before they are counted, where nobody asks for numbers. */
const MOST_HELD = 1_000;

/** Counts what this process does, for Prometheus. */
export interface Meter {
  readonly heard: Listener;
  /** What is to be answered to a scrape. */
  scrape: Scrape;
  /** Answers scrapes on a port of its own; returns the address. @throws StagecraftError `port-taken` */
  listen(address: ScrapeAddress): Promise<string>;
}

/** What was heard and is not counted yet. */
interface Heard {
  readonly ended: Set<string>;
  readonly calls: { readonly run: string; readonly usage: Usage }[];
  /** Events by run: what the processor's time is shared out by. */
  readonly events: Map<string, number>;
}

export function meterOf(existing: () => Promise<Store>, stats: Stats): Meter {
  let heard = nothing();
  let spent = process.cpuUsage();
  let exposition: Promise<Exposition> | undefined;
  let counting = Promise.resolve();
  const count = () => {
    const taken = heard;
    const { user, system } = process.cpuUsage(spent);
    spent = process.cpuUsage();
    heard = nothing();
    exposition ??= openExposition();
    const to = exposition;
    counting = counting.then(async () => countAll(await existing(), stats, await to, taken, (user + system) / 1e6));
    return counting;
  };
  const scrape: Scrape = async () => {
    await count();
    const { text, contentType } = await (exposition as Promise<Exposition>);
    return { text: await text(await standingOf(await existing())), contentType };
  };
  return {
    scrape,
    async listen(address) {
      const { listenForScrapes } = await import("../server/scrape.js");
      return listenForScrapes(scrape, address);
    },
    heard(run, recorded) {
      heard.events.set(run, (heard.events.get(run) ?? 0) + recorded.length);
      for (const { event } of recorded) {
        if (event.type === "runEnded") heard.ended.add(run);
        if (event.type === "stepRecorded" && event.usage) heard.calls.push({ run, usage: event.usage });
      }
      if (heard.ended.size + heard.calls.length >= MOST_HELD) void count().catch(() => {});
    },
  };
}

function nothing(): Heard {
  return { ended: new Set(), calls: [], events: new Map() };
}

/** One run removed meanwhile must not keep the others from being counted. */
async function countAll(store: Store, stats: Stats, to: Exposition, heard: Heard, cpuSeconds: number): Promise<void> {
  const workflows = new Map<string, string>();
  for (const run of heard.events.keys()) {
    const row = await store.getRun(run);
    if (row === undefined) continue;
    workflows.set(run, row.workflow);
    if (heard.ended.has(run)) to.runEnded(row, await stats.of(row));
  }
  for (const { run, usage } of heard.calls) {
    const workflow = workflows.get(run);
    if (workflow !== undefined) to.modelCalled(workflow, usage);
  }
  const all = [...heard.events.values()].reduce((sum, events) => sum + events, 0);
  for (const [run, events] of heard.events) {
    const workflow = workflows.get(run);
    if (workflow !== undefined) to.cpuSpent(workflow, (cpuSeconds * events) / all);
  }
}

async function standingOf(store: Store): Promise<Standing> {
  const open: Record<string, number> = {};
  const [{ runs }, approvals, alerts] = await Promise.all([
    store.status(),
    store.listApprovals({ status: ["open"] }),
    store.countAlerts(),
  ]);
  for (const status of ["queued", "running", "waiting", "paused", "rollingBack"]) open[status] = runs[status] ?? 0;
  return { open, approvals: approvals.length, alerts: { pending: alerts["pending"] ?? 0, dead: alerts["dead"] ?? 0 } };
}
