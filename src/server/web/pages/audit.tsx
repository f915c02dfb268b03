import type { ActDocument, HoldDocument, ProofDocument } from "../../schema/audit.js";
import { Icon } from "../parts/icon.js";
import { Fault, Loading, useLoad } from "../parts/load.js";
import { Link, place, setQuery } from "../router.js";
import { ago, moment, plural } from "../text.js";

const DAY_MS = 24 * 60 * 60 * 1_000;
const DAYS = [1, 7, 30, 365];

/** Who did what and when, and whether it is still what was written. */
export function Audit() {
  const { query } = place.value;
  const days = Number(query.get("days") ?? 7);
  // To the minute, so that it is not another question at every drawing.
  const since = new Date(Math.floor((Date.now() - days * DAY_MS) / 60_000) * 60_000).toISOString();
  const asked = new URLSearchParams({ since, engine: String(query.has("engine")) });
  for (const name of ["run", "who", "after"]) if (query.get(name)) asked.set(name, query.get(name) as string);
  const { value, fault } = useLoad<{ items: ActDocument[]; next: string | null }>(`/audit?${asked}`, 30_000);
  return (
    <>
      <div class="head">
        <h1>Audit</h1>
      </div>
      <Proof run={query.get("run")} />
      <Holds />
      <Filters days={days} />
      <Fault fault={fault} />
      {value === undefined ? fault === undefined && <Loading /> : <Acts acts={value.items} />}
      {(value?.next != null || query.has("after")) && (
        <nav class="pages" aria-label="Pages of acts">
          <button type="button" disabled={!query.has("after")} onClick={() => setQuery({ after: null })}>
            Newest
          </button>
          <button type="button" disabled={value?.next == null} onClick={() => setQuery({ after: value?.next ?? null })}>
            Older
          </button>
        </nav>
      )}
    </>
  );
}

/** Reads every journal: once when the page opens, and when somebody asks. */
function Proof({ run }: { readonly run: string | null }) {
  const path = run ? `/audit/proof?run=${encodeURIComponent(run)}` : "/audit/proof";
  const { value, fault, again } = useLoad<ProofDocument>(path);
  return (
    <section class="proof" aria-label="The chain">
      <div class="facts" role="status">
        {value === undefined ? (
          fault === undefined && "Checking the chain…"
        ) : (
          <>
            <span class={`status tone-${value.proven ? "done" : "bad"}`}>
              <Icon name={value.proven ? "done" : "bad"} />
              {value.proven ? "chain proven" : plural(value.faults.length, "fault")}
            </span>
            <span>
              {plural(value.runs, "run")}, {plural(value.events, "event")}
            </span>
          </>
        )}
        <button type="button" class="quiet" onClick={again}>
          Check again
        </button>
      </div>
      <Fault fault={fault} />
      {value !== undefined && value.faults.length > 0 && (
        <ul class="findings">
          {value.faults.map(({ run: of, seq, kind, what }) => (
            <li key={`${of}:${seq}:${kind}`} class="error">
              <strong>{kind}</strong> {of !== null && <Link to={`/runs/${of}?tab=journal`}>{of}</Link>} #{seq}: {what}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Holds() {
  const holds = useLoad<{ items: HoldDocument[] }>("/audit/holds", 30_000).value?.items ?? [];
  if (holds.length === 0) return null;
  return (
    <section class="proof">
      <h2>Under legal hold</h2>
      <ul class="findings">
        {holds.map(({ run, by, at, reason }) => (
          <li key={run}>
            <Link to={`/runs/${run}`}>{run}</Link> by {by} <span title={moment(at)}>{ago(at)}</span>: {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Filters({ days }: { readonly days: number }) {
  const { query } = place.value;
  const field = (name: "run" | "who", label: string) => (
    <input
      type="search"
      aria-label={label}
      placeholder={`${label}…`}
      value={query.get(name) ?? ""}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value.trim(), after: null })}
    />
  );
  return (
    <search class="filters">
      <select
        aria-label="Days looked at"
        value={String(days)}
        onChange={(event) => setQuery({ days: event.currentTarget.value, after: null })}
      >
        {DAYS.map((count) => (
          <option key={count} value={String(count)}>
            {count === 1 ? "Last day" : `Last ${count} days`}
          </option>
        ))}
      </select>
      {field("who", "Who")}
      {field("run", "Run id")}
      <label>
        <input
          type="checkbox"
          checked={query.has("engine")}
          onChange={(event) => setQuery({ engine: event.currentTarget.checked ? "1" : null, after: null })}
        />{" "}
        What followed from it
      </label>
    </search>
  );
}

function Acts({ acts }: { readonly acts: readonly ActDocument[] }) {
  if (acts.length === 0) {
    return (
      <div class="empty">
        <h2>Nothing is like that</h2>
        <p>Take a filter away, or look further back.</p>
      </div>
    );
  }
  return (
    <table class="list">
      <thead>
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          <th>Run</th>
          <th>Stage</th>
          <th>More</th>
        </tr>
      </thead>
      <tbody>
        {acts.map((act) => (
          <tr key={`${act.source}:${act.run}:${act.seq}`}>
            <td data-name="When">
              <time dateTime={act.at}>{moment(act.at)}</time>
            </td>
            <td data-name="Who">{act.who}</td>
            <td data-name="What">{act.what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}</td>
            <td data-name="Run">
              {act.run !== null && (
                <Link to={`/runs/${act.run}?tab=journal`}>
                  <code>{act.run}</code>
                </Link>
              )}{" "}
              <span class="muted">#{act.seq}</span>
            </td>
            <td data-name="Stage">{act.stage}</td>
            <td data-name="More" class="wide">
              {Object.entries(act.detail)
                .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
                .join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
