import type { Usage } from "../core/event.js";
import type { Listener, Store, UsedResources } from "../engine/ports.js";
import { type Exposition, openExposition, type Standing } from "../observe/prometheus.js";
import type { Scrape, ScrapeAddress } from "../server/scraping.js";
import type { Resources } from "./resources.js";
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
  readonly used: UsedResources[];
}

export function meterOf(existing: () => Promise<Store>, stats: Stats, resources: Resources): Meter {
  let heard = nothing();
  let exposition: Promise<Exposition> | undefined;
  let counting = Promise.resolve();
  const count = () => {
    const taken = heard;
    heard = nothing();
    exposition ??= openExposition();
    const to = exposition;
    counting = counting.then(async () => countAll(await existing(), stats, await to, taken));
    return counting;
  };
  resources.onUsed((used) => heard.used.push(...used));
  const scrape: Scrape = async () => {
    await resources.flush();
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
      for (const { event } of recorded) {
        if (event.type === "runEnded") heard.ended.add(run);
        if (event.type === "stepRecorded" && event.usage) heard.calls.push({ run, usage: event.usage });
      }
      if (heard.ended.size + heard.calls.length + heard.used.length >= MOST_HELD) void count().catch(() => {});
    },
  };
}

function nothing(): Heard {
  return { ended: new Set(), calls: [], used: [] };
}

/** One run removed meanwhile must not keep the others from being counted. */
async function countAll(store: Store, stats: Stats, to: Exposition, heard: Heard): Promise<void> {
  const workflows = new Map<string, string>();
  for (const run of new Set(
    [heard.ended, heard.calls.map((call) => call.run), heard.used.map((one) => one.run)].flatMap((runs) => [...runs]),
  )) {
    const row = await store.getRun(run);
    if (row === undefined) continue;
    workflows.set(run, row.workflow);
    if (heard.ended.has(run)) to.runEnded(row, await stats.of(row));
  }
  for (const { run, usage } of heard.calls) {
    const workflow = workflows.get(run);
    if (workflow !== undefined) to.modelCalled(workflow, usage);
  }
  for (const used of heard.used) {
    const workflow = workflows.get(used.run);
    if (workflow !== undefined) to.resourcesUsed(workflow, used);
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
