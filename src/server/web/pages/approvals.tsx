import { useState } from "preact/hooks";
import type { JsonSchema } from "../../../core/json.js";
import type { ApprovalDocument } from "../../schema/documents.js";
import { type ApiFault, may, post } from "../api.js";
import { type Draft, fieldsOf, requiredOf, SchemaForm, valuesOf } from "../parts/form.js";
import { asFault, Fault, Loading, useLoad } from "../parts/load.js";
import { Status, wordOf } from "../parts/tone.js";
import { Value } from "../parts/value.js";
import { Link, place, setQuery } from "../router.js";
import { ago, moment } from "../text.js";

/** What waits for people, and what was decided. */
export function Approvals({ chosen }: { readonly chosen: string | undefined }) {
  const status = place.value.query.get("status") ?? "open";
  const list = useLoad<{ items: ApprovalDocument[] }>(`/approvals?status=${status}`, 2_000);
  // Whatever waits for the one who looks comes first.
  const items = list.value?.items.toSorted((a, b) => Number(b.mine) - Number(a.mine));
  const found = items?.find(({ id }) => id === chosen);
  const alone = useLoad<ApprovalDocument>(chosen === undefined || found !== undefined ? null : `/approvals/${chosen}`);
  const shown = found ?? alone.value ?? (chosen === undefined ? items?.[0] : undefined);
  return (
    <>
      <div class="head">
        <h1>Approvals</h1>
      </div>
      <fieldset class="chips filters">
        <legend class="hidden">Status</legend>
        {["open", "decided", "expired", "all"].map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={status === name}
            onClick={() => setQuery({ status: name === "open" ? null : name })}
          >
            {name[0]?.toUpperCase() + name.slice(1)}
          </button>
        ))}
      </fieldset>
      <Fault fault={list.fault ?? alone.fault} />
      {items === undefined && list.fault === undefined && <Loading />}
      {items?.length === 0 && shown === undefined && (
        <div class="empty">
          <h2>{status === "open" ? "Nothing waits for a person" : "There is none"}</h2>
          <p>A run that comes to an approval is listed here.</p>
        </div>
      )}
      {(items?.length ?? 0) + (shown === undefined ? 0 : 1) > 0 && (
        <div class="inbox">
          <List items={items ?? []} shown={shown?.id} />
          {shown !== undefined && <Approval key={shown.id} approval={shown} onDecided={list.again} />}
        </div>
      )}
    </>
  );
}

function List({ items, shown }: { readonly items: readonly ApprovalDocument[]; readonly shown: string | undefined }) {
  return (
    <ul class="cards" aria-label="Approvals">
      {items.map((item) => (
        <li key={item.id}>
          <Link to={`/approvals/${item.id}${location.search}`} current={item.id === shown}>
            <strong>{item.request.title}</strong>
            <span class="muted">
              {item.workflow} · {ago(item.openedAt)}
              {item.mine ? " · for you" : ""}
            </span>
            {item.status !== "open" && <Status status={item.outcome ?? item.status} />}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Approval({ approval, onDecided }: { readonly approval: ApprovalDocument; onDecided(): void }) {
  const { request, decisions, expiresAt } = approval;
  const { quorum } = request;
  return (
    <article class="approval">
      <h2>{request.title}</h2>
      <p class="facts">
        <Status status={approval.status === "open" ? "waiting" : (approval.outcome ?? approval.status)} />
        <span>
          run <Link to={`/runs/${approval.run}?stage=${encodeURIComponent(approval.stage)}`}>{approval.run}</Link>
        </span>
        <span>{approval.stage}</span>
        <span title={moment(approval.openedAt)}>asked {ago(approval.openedAt)}</span>
        {expiresAt !== null && approval.status === "open" && (
          <span class="deadline" title={moment(expiresAt)}>
            expires {ago(expiresAt)}
          </span>
        )}
      </p>
      {request.message !== undefined && <p class="message">{request.message}</p>}
      {request.show !== undefined && (
        <section>
          <h3>Evidence</h3>
          <Value value={request.show} label="evidence" />
        </section>
      )}
      <section>
        <h3>Who decides</h3>
        <p>
          {request.approvers.join(", ")}
          {quorum.approve > 1 && ` · ${quorum.approve} must approve`}
          {request.forbid.length > 0 && ` · not ${request.forbid.join(", ")}`}
        </p>
        {decisions.map((decision) => (
          <p key={decision.by}>
            <strong>{decision.by}</strong> {wordOf(decision.outcome)} {ago(decision.at)}
            {decision.comment !== undefined && <q>{decision.comment}</q>}
          </p>
        ))}
      </section>
      {approval.status === "open" && <Decision approval={approval} onDecided={onDecided} />}
    </article>
  );
}

function Decision({ approval, onDecided }: { readonly approval: ApprovalDocument; onDecided(): void }) {
  const { request, mine, id } = approval;
  const form = request.form as JsonSchema | undefined;
  const fields = fieldsOf(form);
  const [draft, setDraft] = useState<Draft>({});
  const [comment, setComment] = useState("");
  const [fault, setFault] = useState<ApiFault>();
  if (!may("decide")) return <p class="muted">Your token lets you look, not decide.</p>;
  if (!mine) return <p class="muted">This is for somebody else to decide.</p>;
  const decide = async (event: SubmitEvent) => {
    event.preventDefault();
    const outcome = (event.submitter as HTMLButtonElement | null)?.value ?? "";
    try {
      const data = valuesOf(fields, draft);
      const isFilled = outcome === "approved" ? form !== undefined : Object.keys(data).length > 0;
      await post(`/approvals/${id}/decision`, { outcome, comment, ...(isFilled && { data }) });
      onDecided();
    } catch (error) {
      setFault(asFault(error));
    }
  };
  return (
    <form onSubmit={decide} class="decision">
      <h3>Decide</h3>
      <SchemaForm prefix="form" fields={fields} required={requiredOf(form)} draft={draft} onDraft={setDraft} />
      <div class="field">
        <label for="comment">Comment</label>
        <textarea id="comment" rows={2} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
      </div>
      <Fault fault={fault} />
      <div class="actions">
        {request.outcomes.map((outcome) => (
          <button
            key={outcome}
            type="submit"
            value={outcome}
            class={outcome === "approved" ? "main" : outcome === "rejected" ? "danger" : ""}
            // A form is asked for by approving; whoever rejects need not fill it.
            formNoValidate={outcome !== "approved"}
          >
            {DEEDS[outcome] ?? outcome}
          </button>
        ))}
      </div>
    </form>
  );
}

const DEEDS: Readonly<Record<string, string>> = { approved: "Approve", rejected: "Reject" };
