import { useState } from "preact/hooks";
import type { JsonObject } from "../../../core/json.js";
import type { RunDocument } from "../../schema/documents.js";
import { type ApiFault, may, post } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { asFault, Fault } from "../parts/load.js";
import { go } from "../router.js";

interface Verb {
  readonly verb: "pause" | "resume" | "cancel" | "retry" | "rollback";
  readonly name: string;
  /** What is asked before it is done. */
  readonly question?: string;
}

const PAUSE: Verb = { verb: "pause", name: "Pause" };
const RESUME: Verb = { verb: "resume", name: "Resume" };
const RETRY: Verb = { verb: "retry", name: "Retry" };
const CANCEL: Verb = { verb: "cancel", name: "Cancel…", question: "End this run? What is under way is stopped." };
const ROLLBACK: Verb = { verb: "rollback", name: "Roll back…", question: "Undo what this run did, the last first?" };

function verbsFor(status: string): readonly Verb[] {
  switch (status) {
    case "paused":
      return [RESUME, ROLLBACK, CANCEL];
    case "failed":
      return [RETRY, ROLLBACK];
    case "rollbackFailed":
      return [ROLLBACK];
    case "queued":
    case "running":
    case "waiting":
      return [PAUSE, ROLLBACK, CANCEL];
    default:
      return [];
  }
}

/** What can be done to a run as it stands. */
export function Verbs({ run, status }: { readonly run: string; readonly status: string }) {
  const [asked, setAsked] = useState<Verb>();
  const [fault, setFault] = useState<ApiFault>();
  if (!may("operate")) return null;
  const act = (verb: Verb, body: JsonObject = {}) => {
    setAsked(undefined);
    post<RunDocument>(`/runs/${run}/${verb.verb}`, body).then(
      () => setFault(undefined),
      (error: unknown) => setFault(asFault(error)),
    );
  };
  return (
    <div class="verbs">
      {verbsFor(status).map((verb) => (
        <button key={verb.verb} type="button" onClick={() => (verb.question ? setAsked(verb) : act(verb))}>
          {verb.name}
        </button>
      ))}
      <Fault fault={fault} />
      {asked !== undefined && (
        <Ask
          verb={asked}
          onAct={(reason) => act(asked, reason === "" ? {} : { reason })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

function Ask({ verb, onAct, onClose }: { verb: Verb; onAct(reason: string): void; onClose(): void }) {
  const [reason, setReason] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    onAct(reason);
  };
  return (
    <Dialog title={verb.name.replace("…", "")} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{verb.question}</p>
        <div class="field">
          <label for="reason">Reason</label>
          <input id="reason" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </div>
        <div class="actions">
          <button type="submit" class="main danger">
            {verb.name.replace("…", "")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface StageVerbsProps {
  readonly run: string;
  readonly path: string;
  readonly isHeld: boolean;
  /** Of the run's own graph: a fork can begin there. */
  readonly isOuter: boolean;
}

export function StageVerbs({ run, path, isHeld, isOuter }: StageVerbsProps) {
  const [fault, setFault] = useState<ApiFault>();
  if (!may("operate")) return null;
  const act = (verb: string) =>
    post<RunDocument>(`/runs/${run}/${verb}`, { stage: path }).then(
      (answer) => (verb === "fork" ? go(`/runs/${answer.id}`) : setFault(undefined)),
      (error: unknown) => setFault(asFault(error)),
    );
  return (
    <div class="verbs">
      {isHeld && (
        <>
          <button type="button" onClick={() => act("retry")}>
            Retry
          </button>
          <button type="button" onClick={() => act("skip")}>
            Skip
          </button>
        </>
      )}
      {isOuter && (
        <button type="button" onClick={() => act("fork")}>
          Fork from here
        </button>
      )}
      <Fault fault={fault} />
    </div>
  );
}
