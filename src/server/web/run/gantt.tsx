import { useRef, useState } from "preact/hooks";
import type { StageView } from "../../../core/view.js";
import { toneOf, wordOf } from "../parts/tone.js";
import { span } from "../text.js";

interface GanttProps {
  readonly stages: readonly StageView[];
  readonly from: number;
  readonly to: number;
  /** The moment that is shown everywhere. */
  readonly cursor: number;
  readonly picked: string | undefined;
  onPick(path: string): void;
  onMoment(at: number): void;
}

/** Pixels of one row; only the rows that are seen are drawn. */
const ROW = 26;
const AROUND = 10;

/** What took how long, one row a stage, in the order in which they began. */
export function Gantt({ stages, from, to, cursor, picked, onPick, onMoment }: GanttProps) {
  const [top, setTop] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const begun = stages.filter(({ startedAt, endedAt }) => startedAt !== undefined || endedAt !== undefined);
  const rows = [...begun].sort((a, b) => beginOf(a) - beginOf(b));
  const whole = Math.max(1, to - from);
  const share = (at: number) => `${(Math.min(1, Math.max(0, (at - from) / whole)) * 100).toFixed(3)}%`;
  const height = frame.current?.clientHeight ?? 400;
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + AROUND);
  if (rows.length === 0) return <p class="muted pad">Nothing has begun yet.</p>;
  return (
    <div class="gantt" ref={frame} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <Axis whole={whole} />
      <ul style={{ height: `${rows.length * ROW}px` }} aria-label="Stages by time">
        {rows.slice(first, last).map((stage, at) => {
          const [begin, end] = [beginOf(stage), stage.endedAt ?? to];
          const status = stage.outcome ?? stage.status;
          return (
            <li
              key={stage.path}
              style={{ top: `${(first + at) * ROW}px` }}
              class={picked === stage.path ? "picked" : ""}
            >
              <button type="button" class="row" aria-pressed={picked === stage.path} onClick={() => onPick(stage.path)}>
                {stage.path}
                <span class="hidden">
                  {wordOf(status)}, {span(end - begin)}
                </span>
              </button>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider above does the same by the keyboard */}
              {/* biome-ignore lint/a11y/noStaticElementInteractions: as said */}
              <div class="track" onClick={(event) => onMoment(timeOf(event, from, whole))}>
                <span
                  class={`bar tone-${toneOf(status)}`}
                  style={{ left: share(begin), width: `max(3px, calc(${share(end)} - ${share(begin)}))` }}
                />
                <span class="took" style={{ left: share(end) }} aria-hidden="true">
                  {span(end - begin)}
                </span>
              </div>
            </li>
          );
        })}
        <li class="cursor" aria-hidden="true">
          <span style={{ left: share(cursor) }} />
        </li>
      </ul>
    </div>
  );
}

function Axis({ whole }: { readonly whole: number }) {
  return (
    <div class="axis" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <span key={part} style={{ left: `${part * 100}%` }}>
          {part === 0 ? "0" : span(whole * part)}
        </span>
      ))}
    </div>
  );
}

/** A pure stage has no beginning of its own: it takes no time. */
function beginOf({ startedAt, endedAt }: StageView): number {
  return startedAt ?? endedAt ?? 0;
}

function timeOf(event: MouseEvent, from: number, whole: number): number {
  const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return from + ((event.clientX - left) / width) * whole;
}
