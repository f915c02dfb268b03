import { useState } from "preact/hooks";
import type { DefinitionEntryDocument, RunDocument } from "../../schema/documents.js";
import { may } from "../api.js";
import { Fault, Loading, useLoad } from "../parts/load.js";
import { Status } from "../parts/tone.js";
import { go, Link, place, setQuery } from "../router.js";
import { ago, moment, span } from "../text.js";
import { StartDialog } from "./start.js";

/** What people look for, and the statuses it stands for. */
const FILTERS: readonly (readonly [name: string, status: string])[] = [
  ["All", ""],
  ["Under way", "queued,running,rollingBack"],
  ["Waiting", "waiting,paused"],
  ["Succeeded", "succeeded"],
  ["Failed", "failed,rollbackFailed"],
  ["Ended otherwise", "cancelled,rolledBack"],
];

export function Runs() {
  const { query } = place.value;
  const [isStarting, setStarting] = useState(query.has("start"));
  const asked = new URLSearchParams();
  for (const name of ["status", "workflow", "id", "after"])
    if (query.get(name)) asked.set(name, query.get(name) as string);
  const { value, fault } = useLoad<{ items: RunDocument[]; next: string | null }>(`/runs?${asked}`, 2_000);
  const definitions = useLoad<{ items: DefinitionEntryDocument[] }>("/definitions").value?.items ?? [];
  const close = () => {
    setStarting(false);
    setQuery({ start: null });
  };
  return (
    <>
      <div class="head">
        <h1>Runs</h1>
        {may("operate") && (
          <button type="button" class="main" onClick={() => setStarting(true)}>
            Start a run
          </button>
        )}
      </div>
      <Filters workflows={definitions.map(({ id }) => id)} />
      <Fault fault={fault} />
      {value === undefined ? (
        fault === undefined && <Loading />
      ) : (
        <Table runs={value.items} isFiltered={asked.size > 0} />
      )}
      <Pages next={value?.next ?? null} />
      {isStarting && <StartDialog definitions={definitions} onClose={close} onStarted={(run) => go(`/runs/${run}`)} />}
    </>
  );
}

function Filters({ workflows }: { readonly workflows: readonly string[] }) {
  const { query } = place.value;
  const chosen = query.get("status") ?? "";
  return (
    <search class="filters">
      <fieldset class="chips">
        <legend class="hidden">Status</legend>
        {FILTERS.map(([name, status]) => (
          <button
            key={name}
            type="button"
            aria-pressed={chosen === status}
            onClick={() => setQuery({ status, after: null })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <select
        aria-label="Workflow"
        value={query.get("workflow") ?? ""}
        onChange={(event) => setQuery({ workflow: event.currentTarget.value, after: null })}
      >
        <option value="">All workflows</option>
        {workflows.map((id) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <input
        type="search"
        aria-label="Beginning of a run's id"
        placeholder="Run id…"
        value={query.get("id") ?? ""}
        onInput={(event) => setQuery({ id: event.currentTarget.value.trim(), after: null })}
      />
    </search>
  );
}

function Table({ runs, isFiltered }: { readonly runs: readonly RunDocument[]; readonly isFiltered: boolean }) {
  if (runs.length === 0) {
    return (
      <div class="empty">
        <h2>{isFiltered ? "No run is like that" : "No runs yet"}</h2>
        <p>
          {isFiltered ? "Take a filter away." : "Start one here, or on the command line: "}
          {!isFiltered && <code>npx stagecraft run DEFINITION</code>}
        </p>
      </div>
    );
  }
  return (
    <table class="list">
      <thead>
        <tr>
          <th>Status</th>
          <th>Workflow</th>
          <th>Run</th>
          <th>Stages</th>
          <th>Waits for, or why</th>
          <th>By</th>
          <th>Started</th>
          <th class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ run }: { readonly run: RunDocument }) {
  const { known, ended } = run.stages;
  const took = run.durationMs ?? Date.now() - Date.parse(run.createdAt);
  return (
    <tr>
      <td data-name="Status">
        <Status status={run.status} />
      </td>
      <td data-name="Workflow">
        {run.workflow} <span class="muted">{run.version}</span>
      </td>
      <td data-name="Run">
        <Link to={`/runs/${run.id}`}>
          <code>{run.id}</code>
        </Link>
      </td>
      <td data-name="Stages">
        <span class="amount">
          {ended}/{known}
        </span>
      </td>
      <td data-name="Waits for" class="wide">
        {run.endedAt === null ? (run.waitingFor ?? "") : (run.error?.message ?? "")}
      </td>
      <td data-name="By">{run.by}</td>
      <td data-name="Started" title={moment(run.createdAt)}>
        {ago(run.createdAt)}
      </td>
      <td data-name="Took" class="number">
        {span(took)}
      </td>
    </tr>
  );
}

function Pages({ next }: { readonly next: string | null }) {
  const isLater = place.value.query.has("after");
  if (next === null && !isLater) return null;
  return (
    <nav class="pages" aria-label="Pages of runs">
      <button type="button" disabled={!isLater} onClick={() => setQuery({ after: null })}>
        Newest
      </button>
      <button type="button" disabled={next === null} onClick={() => setQuery({ after: next })}>
        Older
      </button>
    </nav>
  );
}
