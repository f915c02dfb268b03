import { useEffect, useState } from "preact/hooks";
import type { RunViewDocument } from "../../schema/documents.js";
import { Graph } from "../graph/canvas.js";
import { Fault, Loading } from "../parts/load.js";
import { Status } from "../parts/tone.js";
import { Value } from "../parts/value.js";
import { Link, place, setQuery } from "../router.js";
import { Cursor } from "../run/cursor.js";
import { Drawer } from "../run/drawer.js";
import { useRun } from "../run/follow.js";
import { Gantt } from "../run/gantt.js";
import { Journal } from "../run/journal.js";
import { type Moment, placeOf, type Replay, standings } from "../run/replay.js";
import { Verbs } from "../run/verbs.js";
import { megabytes, span, moment as written } from "../text.js";

const ENDED = new Set(["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"]);
const TABS = ["timeline", "journal", "data"] as const;

/** One run: its graph and what happened when, at one moment; live unless somebody looks back. */
export function RunPage({ id }: { readonly id: string }) {
  const { view, replay, fault } = useRun(id);
  const [count, setCount] = useState<number>();
  const moment = replay?.moment(count);
  const now = replay?.moment();
  if (fault !== undefined) return <Fault fault={fault} />;
  if (view === undefined || replay === undefined || moment === undefined || now === undefined) return <Loading />;
  const picked = place.value.query.get("stage") ?? undefined;
  const stage = moment.stages.find(({ path }) => path === picked);
  const pick = (path: string) => setQuery({ stage: path === picked ? null : path });
  return (
    <div class={stage === undefined ? "run" : "run with-drawer"}>
      <Head view={view} now={now} />
      <RunGraph moment={moment} replay={replay} picked={picked} onPick={pick} />
      <Cursor replay={replay} count={count} isOver={ENDED.has(now.status)} onCount={setCount} />
      <Below {...{ moment, now, replay, picked, onPick: pick, onCount: setCount }} />
      {stage !== undefined && (
        <Drawer
          run={view.id}
          stage={stage}
          replay={replay}
          count={moment.count}
          isFailed={now.status === "failed"}
          onClose={() => setQuery({ stage: null })}
        />
      )}
    </div>
  );
}

function Head({ view, now }: { readonly view: RunViewDocument; readonly now: Moment }) {
  const began = Date.parse(view.createdAt);
  const used = view.resources;
  return (
    <div class="head">
      <div>
        <p class="crumbs">
          <Link to="/">Runs</Link> / <Link to={`/?workflow=${view.workflow}`}>{view.workflow}</Link>
        </p>
        <h1>
          {view.plan.workflow.title ?? view.workflow} <code class="muted">{view.id}</code>
        </h1>
        <p class="facts" aria-live="polite">
          <Status status={now.status} />
          <span>
            version <Link to={`/definitions/${view.workflow}`}>{view.version}</Link>
          </span>
          <span>by {view.by}</span>
          <span>{written(view.createdAt)}</span>
          {now.end !== null && <span>took {span(now.end.at - began)}</span>}
          {used != null && (
            <span title={`event loop at most ${span(used.loopDelayMs)} late`}>
              used {used.shared && "about "}
              {span(used.cpuMs)} of processor time, {megabytes(used.peakRssBytes)}
            </span>
          )}
        </p>
        {now.end?.error != null && (
          <p class="error-text">
            {now.end.error.message} <code>{now.end.error.code}</code>
          </p>
        )}
      </div>
      <Verbs run={view.id} status={now.status} />
    </div>
  );
}

interface PartProps {
  readonly moment: Moment;
  readonly replay: Replay;
  readonly picked: string | undefined;
  onPick(path: string): void;
}

function RunGraph({ moment, replay, picked, onPick }: PartProps) {
  const standing = standings(moment.stages);
  return (
    <Graph
      plan={replay.plan}
      standings={standing}
      picked={picked === undefined ? undefined : placeOf(picked)}
      onPick={(at) => onPick(standing.get(at)?.path ?? at)}
    />
  );
}

interface BelowProps extends PartProps {
  readonly now: Moment;
  onCount(count: number | undefined): void;
}

function Below({ moment, now, replay, picked, onPick, onCount }: BelowProps) {
  const tab = place.value.query.get("tab") ?? "timeline";
  const isOpen = now.end === null;
  const time = useTime(isOpen && tab === "timeline");
  const from = replay.events[0]?.event.at ?? 0;
  return (
    <div class="below">
      <div class="tabs" role="tablist" aria-label="About this run">
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls="tab-panel"
            onClick={() => setQuery({ tab: name === "timeline" ? null : name })}
          >
            {name[0]?.toUpperCase() + name.slice(1)}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "timeline" && (
          <Gantt
            stages={now.stages}
            from={from}
            to={isOpen ? Math.max(time, now.at) : (now.end?.at ?? now.at)}
            cursor={moment.count === now.count && isOpen ? time : moment.at}
            picked={picked}
            onPick={onPick}
            onMoment={(at) => onCount(replay.countAt(at))}
          />
        )}
        {tab === "journal" && <Journal events={replay.events} count={moment.count} onCount={onCount} />}
        {tab === "data" && <Data moment={moment} />}
      </div>
    </div>
  );
}

function Data({ moment }: { readonly moment: Moment }) {
  return (
    <div class="data">
      <section>
        <h2>Inputs</h2>
        <Value value={moment.inputs} label="inputs" />
      </section>
      <section>
        <h2>State</h2>
        <Value value={{ ...moment.values }} label="state" />
      </section>
      <section>
        <h2>Outputs</h2>
        <Value value={moment.end?.outputs} label="outputs" />
      </section>
    </div>
  );
}

/** The time, twice a second while something grows with it. */
function useTime(isRunning: boolean): number {
  const [time, setTime] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setTime(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  return time;
}
