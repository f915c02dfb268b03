import { useState } from "preact/hooks";
import type { Recorded } from "../../../core/event.js";
import { clock, moment } from "../text.js";
import { personOf, sentence } from "./sentence.js";

interface JournalProps {
  readonly events: readonly Recorded[];
  /** Events after this one have not happened at the moment shown. */
  readonly count: number;
  onCount(count: number): void;
}

const SHOWN = 300;

/** Everything that happened, as it is kept. */
export function Journal({ events, count, onCount }: JournalProps) {
  const [isOfPeople, setOfPeople] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const wanted = isOfPeople ? events.filter(({ event }) => personOf(event) !== undefined) : events;
  const rows = wanted.slice(-shown);
  return (
    <div class="journal">
      <div class="filters">
        <label>
          <input type="checkbox" checked={isOfPeople} onChange={(event) => setOfPeople(event.currentTarget.checked)} />{" "}
          What people did
        </label>
        {wanted.length > shown && (
          <button type="button" onClick={() => setShown(shown + SHOWN)}>
            Earlier ({wanted.length - shown})
          </button>
        )}
      </div>
      <ol>
        {rows.map(({ seq, event }) => (
          <li key={seq} class={seq > count ? "later" : ""}>
            <button
              type="button"
              class="entry"
              onClick={() => onCount(seq)}
              aria-current={seq === count ? "step" : undefined}
            >
              <span class="seq">{seq}</span>
              <time dateTime={new Date(event.at).toISOString()} title={moment(event.at)}>
                {clock(event.at)}
              </time>
              <span class={personOf(event) === undefined ? "" : "person"}>{sentence(event)}</span>
              <code class="muted">{event.type}</code>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
