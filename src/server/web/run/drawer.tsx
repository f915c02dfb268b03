import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Event, Usage } from "../../../core/event.js";
import type { Json, JsonObject } from "../../../core/json.js";
import type { StageView } from "../../../core/view.js";
import { Icon } from "../parts/icon.js";
import { useLoad } from "../parts/load.js";
import { Status } from "../parts/tone.js";
import { Value } from "../parts/value.js";
import { Link } from "../router.js";
import { clock, moment, plural, span } from "../text.js";
import type { Replay } from "./replay.js";
import { sentence } from "./sentence.js";
import { StageVerbs } from "./verbs.js";

interface DrawerProps {
  readonly run: string;
  readonly stage: StageView;
  readonly replay: Replay;
  readonly count: number;
  readonly isFailed: boolean;
  onClose(): void;
}

/** Everything about one stage, as it stood at the moment shown. */
export function Drawer({ run, stage, replay, count, isFailed, onClose }: DrawerProps) {
  const { path, title, uses, outcome, status, attempts, startedAt, endedAt, error, outputs, explain, waiting } = stage;
  const panel = useRef<HTMLElement>(null);
  const isBegun = startedAt !== undefined || endedAt !== undefined;
  const given = useLoad<{ input: JsonObject | null }>(
    isBegun ? `/runs/${run}/stage?path=${encodeURIComponent(path)}` : null,
  );
  useEffect(() => panel.current?.focus(), [path]);
  const own = replay.events
    .slice(0, count)
    .flatMap(({ event }) => ("stage" in event && event.stage === path ? [event] : []));
  const isHeld = status === "held" || (isFailed && outcome === "failed");
  const onKeyDown = (event: KeyboardEvent) => event.key === "Escape" && onClose();
  return (
    <aside class="drawer" ref={panel} tabIndex={-1} aria-label={`Stage ${path}`} onKeyDown={onKeyDown}>
      <header>
        <div>
          <h2>{title ?? path}</h2>
          <p class="muted">
            <code>{path}</code> · {uses}
          </p>
        </div>
        <button type="button" class="quiet" aria-label="Close the stage" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class="facts">
        <Status status={outcome ?? status} />
        {startedAt !== undefined && <span title={moment(startedAt)}>{clock(startedAt)}</span>}
        {startedAt !== undefined && endedAt !== undefined && <span>{span(endedAt - startedAt)}</span>}
        {attempts > 1 && <span>{plural(attempts, "try").replace("trys", "tries")}</span>}
      </p>
      <StageVerbs run={run} path={path} isHeld={isHeld} isOuter={/^[^/[#~]+$/.test(path)} />
      {error !== undefined && (
        <Part title="Error">
          <p class="error-text">{error.message}</p>
          <code>{error.code}</code>
          {error.details !== undefined && <Value value={error.details} label="details" />}
        </Part>
      )}
      {waiting?.approval !== undefined && (
        <Part title="Waits for a person">
          <p>
            {waiting.approval.title} <Link to="/approvals">Decide it</Link>
          </p>
        </Part>
      )}
      <Part title="Inputs">
        <Value value={given.value?.input} label="inputs" />
      </Part>
      {outputs !== undefined && (
        <Part title="Outputs">
          <Value value={outputs} label="outputs" />
        </Part>
      )}
      {explain !== undefined && (
        <Part title="Why">
          <Value value={explain} label="explanation" />
        </Part>
      )}
      <UsagePart usage={stage.usage} />
      <Steps events={own} />
      <Log events={own} />
    </aside>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function UsagePart({ usage }: { readonly usage: Usage | undefined }) {
  if (usage === undefined) return null;
  const { provider, model, inputTokens, outputTokens, estimated, usd } = usage;
  return (
    <Part title="Tokens">
      <p>
        {inputTokens} in, {outputTokens} out{estimated ? " (estimated)" : ""} ·{" "}
        {usd === null ? "cost not known" : `$${usd.toFixed(4)}`}
      </p>
      <p class="muted">
        {provider} · {model}
      </p>
    </Part>
  );
}

/** What is not asked for again: a model's answers, the results of tools. */
function Steps({ events }: { readonly events: readonly Event[] }) {
  const steps = events.filter((event) => event.type === "stepRecorded");
  if (steps.length === 0) return null;
  return (
    <Part title="Steps">
      {steps.map(({ key, value }) => (
        <details key={key}>
          <summary>
            <code>{key}</code>
          </summary>
          <Value value={value as Json} label={key} />
        </details>
      ))}
    </Part>
  );
}

function Log({ events }: { readonly events: readonly Event[] }) {
  if (events.length === 0) return null;
  return (
    <Part title="What happened">
      <ol class="log">
        {events.map((event, at) => (
          <li key={at}>
            <time class="muted">{clock(event.at)}</time> {sentence(event)}
          </li>
        ))}
      </ol>
    </Part>
  );
}
