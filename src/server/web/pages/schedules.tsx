import { useState } from "preact/hooks";
import type { ScheduleEntryDocument } from "../../schema/schedules.js";
import { type ApiFault, may, post } from "../api.js";
import { asFault, Fault, Loading, useLoad } from "../parts/load.js";
import { Status } from "../parts/tone.js";
import { Link } from "../router.js";
import { ago, moment } from "../text.js";

/** What starts runs by itself, and who stopped it from doing so. */
export function Schedules() {
  const { value, fault, again } = useLoad<{ items: ScheduleEntryDocument[] }>("/schedules", 5_000);
  return (
    <>
      <div class="head">
        <h1>Schedules</h1>
      </div>
      <Fault fault={fault} />
      {value === undefined && fault === undefined && <Loading />}
      {value?.items.length === 0 && (
        <div class="empty">
          <h2>Nothing starts by itself</h2>
          <p>
            A definition with <code>triggers</code> is listed here.
          </p>
        </div>
      )}
      {value !== undefined && value.items.length > 0 && (
        <table class="list">
          <thead>
            <tr>
              <th>Status</th>
              <th>Schedule</th>
              <th>When</th>
              <th>Next</th>
              <th>Last run</th>
              {may("operate") && (
                <th>
                  <span class="hidden">Change</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {value.items.map((schedule) => (
              <Row key={schedule.id} schedule={schedule} onChanged={again} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface RowProps {
  readonly schedule: ScheduleEntryDocument;
  onChanged(): void;
}

function Row({ schedule, onChanged }: RowProps) {
  const { id, when, upcoming, lastAt, lastRun, lastError, pausedBy } = schedule;
  const [workflow = ""] = id.split("/");
  return (
    <tr>
      <td data-name="Status">
        <Status status={pausedBy !== null ? "paused" : lastError !== null ? "failed" : "ready"} />
      </td>
      <td data-name="Schedule">
        <Link to={`/definitions/${encodeURIComponent(workflow)}`}>{id}</Link>
      </td>
      <td data-name="When">
        <code>{when}</code>
      </td>
      <td data-name="Next">{pausedBy === null ? <Next times={upcoming} /> : `paused by ${pausedBy}`}</td>
      <td data-name="Last run" class="wide">
        {lastAt !== null && <span title={moment(lastAt)}>{ago(lastAt)} </span>}
        {lastRun !== null && (
          <Link to={`/runs/${lastRun}`}>
            <code>{lastRun}</code>
          </Link>
        )}
        {lastError !== null && <p class="error-text">{lastError}</p>}
      </td>
      {may("operate") && (
        <td class="number">
          <Change id={id} isPaused={pausedBy !== null} onChanged={onChanged} />
        </td>
      )}
    </tr>
  );
}

/** The next time, and behind it those that follow. */
function Next({ times: [first, ...others] }: { readonly times: readonly string[] }) {
  if (first === undefined) return null;
  return (
    <details>
      <summary>
        {moment(first)} <span class="muted">{ago(first)}</span>
      </summary>
      <ol>
        {others.map((at) => (
          <li key={at}>{moment(at)}</li>
        ))}
      </ol>
    </details>
  );
}

function Change({ id, isPaused, onChanged }: { readonly id: string; readonly isPaused: boolean; onChanged(): void }) {
  const [fault, setFault] = useState<ApiFault>();
  const verb = isPaused ? "resume" : "pause";
  const change = () =>
    post(`/schedules/${id.split("/").map(encodeURIComponent).join("/")}/${verb}`, {}).then(
      () => {
        setFault(undefined);
        onChanged();
      },
      (error: unknown) => setFault(asFault(error)),
    );
  return (
    <>
      <button type="button" onClick={() => void change()}>
        {isPaused ? "Resume" : "Pause"}
        <span class="hidden"> {id}</span>
      </button>
      <Fault fault={fault} />
    </>
  );
}
