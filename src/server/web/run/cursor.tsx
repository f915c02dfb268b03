import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/icon.js";
import { clock } from "../text.js";
import type { Replay } from "./replay.js";
import { sentence } from "./sentence.js";

interface CursorProps {
  readonly replay: Replay;
  /** Undefined: now, and whatever comes. */
  readonly count: number | undefined;
  readonly isOver: boolean;
  onCount(count: number | undefined): void;
}

/** Milliseconds a whole run takes when it is played again, and the shortest step of it. */
const PLAY_MS = 6_000;
const STEP_MS = 40;

/** The one moment that graph, timeline and drawer show: dragged, stepped by the arrow keys, or played. */
export function Cursor({ replay, count, isOver, onCount }: CursorProps) {
  const [isPlaying, setPlaying] = useState(false);
  const { events } = replay;
  const shown = count ?? events.length;
  useEffect(() => {
    if (!isPlaying) return;
    const step = Math.max(1, Math.round((events.length * STEP_MS) / PLAY_MS));
    let at = count === undefined || count >= events.length ? 1 : count;
    const timer = setInterval(
      () => {
        at += step;
        if (at >= events.length) setPlaying(false);
        onCount(at >= events.length ? undefined : at);
      },
      Math.max(STEP_MS, PLAY_MS / events.length),
    );
    return () => clearInterval(timer);
  }, [isPlaying]);
  const event = events[shown - 1]?.event;
  const text = event === undefined ? "" : `${clock(event.at)} · ${sentence(event)}`;
  return (
    <div class="cursor-bar">
      <button
        type="button"
        onClick={() => setPlaying(!isPlaying)}
        aria-label={isPlaying ? "Stop" : "Play the run again"}
      >
        <Icon name={isPlaying ? "held" : "play"} />
      </button>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={text}
        min={1}
        max={Math.max(1, events.length)}
        value={shown}
        onInput={(input) => {
          const at = Number(input.currentTarget.value);
          onCount(at >= events.length ? undefined : at);
        }}
      />
      <output>{text}</output>
      <button type="button" aria-pressed={count === undefined} onClick={() => onCount(undefined)}>
        {isOver ? "End" : "Live"}
      </button>
    </div>
  );
}
