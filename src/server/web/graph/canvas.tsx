import { Component } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Plan } from "../../../core/plan.js";
import { Icon } from "../parts/icon.js";
import { toneOf, wordOf } from "../parts/tone.js";
import type { Standing } from "../run/replay.js";
import { inside, type Rect, useCamera } from "./camera.js";
import type { Box, Drawing, Line } from "./drawing.js";

interface GraphProps {
  readonly plan: Plan;
  /** Without it the graph shows no run. */
  readonly standings?: ReadonlyMap<string, Standing>;
  readonly picked?: string | undefined;
  onPick?(place: string): void;
}

/** Laid out once a plan, in a worker. */
function useDrawing(plan: Plan): Drawing | undefined {
  const [drawing, setDrawing] = useState<Drawing>();
  useEffect(() => {
    const worker = new Worker("/assets/layout-worker.js", { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Drawing>) => {
      setDrawing(data);
      worker.terminate();
    };
    worker.postMessage({ plan });
    return () => worker.terminate();
  }, [plan]);
  return drawing;
}

/** The graph of a plan, to be moved and zoomed; with a run, each stage as it stands. */
export function Graph({ plan, standings, picked, onPick }: GraphProps) {
  const drawing = useDrawing(plan);
  const frame = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const camera = useCamera(frame, svg, drawing);
  return (
    <div class="graph" ref={frame}>
      {drawing === undefined ? (
        <p class="muted pad" role="status">
          Drawing…
        </p>
      ) : (
        <svg ref={svg} aria-label="Graph of the stages">
          <Lines drawing={drawing} seen={camera.seen} standings={standings} />
          {drawing.boxes.map((box) =>
            inside(box, camera.seen) ? (
              <Stage
                key={box.place}
                box={box}
                status={standings?.get(box.place)?.status}
                items={standings?.get(box.place)?.items?.join("/")}
                isPicked={picked === box.place}
                onPick={onPick}
              />
            ) : null,
          )}
        </svg>
      )}
      <fieldset class="zoom">
        <legend class="hidden">Zoom</legend>
        <button type="button" aria-label="Zoom in" onClick={() => camera.zoom(1.3)}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => camera.zoom(1 / 1.3)}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label="Show the whole graph" onClick={camera.showAll}>
          <Icon name="whole" />
        </button>
      </fieldset>
    </div>
  );
}

interface LinesProps {
  readonly drawing: Drawing;
  readonly seen: Rect;
  readonly standings: ReadonlyMap<string, Standing> | undefined;
}

function Lines({ drawing, seen, standings }: LinesProps) {
  const shown = useMemo(() => drawing.lines.filter((line) => crosses(line, seen)), [drawing, seen]);
  return (
    <g class="edges">
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0,1L7,4L0,7z" class="arrow" />
        </marker>
      </defs>
      {shown.map((line) => (
        <g key={line.id} class={wasTaken(line, standings) ? "edge taken" : "edge"}>
          <path d={line.path} marker-end="url(#arrow)" />
          {line.label !== undefined && (
            <text x={line.label.x} y={line.label.y + 4}>
              {line.label.text}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

/** An edge along which the run went: it started at an outcome that came. */
function wasTaken(line: Line, standings: LinesProps["standings"]): boolean {
  const [from = "", to = ""] = (line.id.split(":")[0] ?? "").split(">");
  const [start, end] = [standings?.get(from)?.status, standings?.get(to)?.status];
  if (start === undefined || end === undefined || end === "pending" || end === "omitted") return false;
  return line.label === undefined
    ? start === "succeeded" || start === "skipped"
    : line.label.text === start || line.label.text === "done";
}

function crosses({ from, to }: Line, seen: Rect): boolean {
  return to.x >= seen.x && from.x <= seen.x + seen.width && to.y >= seen.y && from.y <= seen.y + seen.height;
}

interface StageProps {
  readonly box: Box;
  readonly status: string | undefined;
  readonly items: string | undefined;
  readonly isPicked: boolean;
  readonly onPick: ((place: string) => void) | undefined;
}

/** Drawn again only when something of it changed: a run of a thousand stages changes one at a time. */
class Stage extends Component<StageProps> {
  override shouldComponentUpdate(next: StageProps): boolean {
    const { box, status, items, isPicked } = this.props;
    return next.box !== box || next.status !== status || next.items !== items || next.isPicked !== isPicked;
  }

  override render({ box, status, items, isPicked, onPick }: StageProps) {
    const pick = () => onPick?.(box.place);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick();
    };
    const word = status === undefined ? undefined : `${wordOf(status)}${items === undefined ? "" : ` ${items}`}`;
    const classes = `stage tone-${status === undefined ? "none" : toneOf(status)}${box.isGroup ? " group" : ""}`;
    return (
      // biome-ignore lint/a11y/useSemanticElements: there is no button in SVG
      <g
        class={isPicked ? `${classes} picked` : classes}
        transform={`translate(${box.x},${box.y})`}
        role="button"
        tabIndex={0}
        aria-label={`${box.place}, ${box.small}${word === undefined ? "" : `, ${word}`}`}
        aria-pressed={isPicked}
        onClick={pick}
        onKeyDown={onKeyDown}
        data-place={box.place}
      >
        <rect class="box" width={box.width} height={box.height} rx="6" />
        <rect class="band" width="4" height={box.height} rx="2" />
        <text class="name" x="14" y="20">
          {box.name}
        </text>
        <text class="small" x="14" y={box.isGroup ? 32 : 36}>
          {box.isGroup ? word : box.small}
        </text>
        {!box.isGroup && word !== undefined && (
          <text class="word" x="14" y="52">
            {word}
          </text>
        )}
      </g>
    );
  }
}
