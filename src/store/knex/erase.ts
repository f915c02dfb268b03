import type { Decision } from "../../core/approval.js";
import type { NewAuditEntry } from "../../core/audit.js";
import { leafOf } from "../../core/chain.js";
import { eraseDecision, eraseEvent, eraseFailure, eraseRequest } from "../../core/erase.js";
import type { AuditStore } from "../../engine/ports.js";
import { sha256 } from "../digest.js";
import { refuseErasure, unknownRun } from "../rules.js";
import { appendAudit, contentOf, type EventRow, isUnderHold } from "./audit.js";
import { decodeEvent, decodeValue, encodeEvents } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { fetchPayloads } from "./payloads.js";

export function erasure(database: Database): Pick<AuditStore, "eraseRun"> {
  const { referred } = database.dialect.upkeep;
  return { eraseRun: (...given) => database.write((queries) => eraseRun(queries, referred, ...given)) };
}

/** Takes the content of a run out of every table, keeps what its chain is proven by, and says so in the trail. */
async function eraseRun(
  queries: Queries,
  referred: string,
  id: string,
  by: string,
  reason: string,
  at: number,
): Promise<number> {
  const run = await queries.table("runs").where({ id }).forUpdate().first();
  if (run === undefined) throw unknownRun(id);
  refuseErasure(id, { isEnded: run.ended_at !== null, isHeld: await isUnderHold(queries, id) });
  const rows: EventRow[] = await queries.table("events").where({ run_no: run.run_no }).orderBy("seq");
  const refs = rows.flatMap(({ refs }) => (refs === null ? [] : Object.values<string>(JSON.parse(refs))));
  const bodies = await fetchPayloads(queries, new Set(refs));
  const left: string[] = [];
  for (const row of rows) {
    const { seq, type, stage, at: when, data, digest } = row;
    const given = {
      data: data === null ? null : JSON.parse(data),
      refs: row.refs === null ? null : JSON.parse(row.refs),
    };
    const event = eraseEvent(decodeEvent(type, stage, when, given.data, given.refs, bodies));
    const [content = "[]"] = encodeEvents([event], []);
    const [, , , kept] = JSON.parse(content);
    const proof = digest ?? Buffer.from(leafOf(run.salt ?? "", contentOf(row), sha256), "hex");
    left.push(sha256(content));
    const place = { run_no: run.run_no, seq };
    await queries.table("events").where(place).update({ data: kept, refs: null, digest: proof });
  }
  await eraseRows(queries, run);
  await queries.alone("payloads");
  // Equal values of other runs are the same row, and stay for them.
  await queries.raw(`DELETE FROM payloads WHERE hash NOT IN (${referred})`);
  const detail = { reason, events: rows.length, left: sha256(left.join("\n")) };
  const entry: NewAuditEntry = { at, action: "erased", by, run: id, detail };
  await appendAudit(queries, entry);
  return rows.length;
}

/** Lists and messages repeat what the journal says. Without the salt nobody can try values until one fits a proof. */
async function eraseRows(queries: Queries, run: { run_no: number; id: string; error: string | null }): Promise<void> {
  const { run_no } = run;
  const error = run.error === null ? null : JSON.stringify(eraseFailure(JSON.parse(run.error)));
  const nothing = { outputs: null, outputs_ref: null, idempotency_key: null, salt: null };
  await queries
    .table("runs")
    .where({ run_no })
    .update({ ...nothing, error });
  for (const table of ["inbox", "snapshots", "occurrences"]) await queries.table(table).where({ run_no }).delete();
  await queries.table("data_keys").where({ name: run.id }).delete();
  await queries
    .table("cache")
    .whereLike("result", `%${JSON.stringify(run.id)}%`)
    .delete();
  const approvals = await queries
    .table("approvals")
    .where({ run_no })
    .leftJoin("payloads", "payloads.hash", "approvals.request_ref")
    .select("approval_no", "request", "body", "decisions");
  for (const { approval_no, request, body, decisions } of approvals) {
    const said: Decision[] = JSON.parse(decisions);
    await queries
      .table("approvals")
      .where({ approval_no })
      .update({
        request: JSON.stringify(eraseRequest(decodeValue(request, body) as never)),
        request_ref: null,
        decisions: JSON.stringify(said.map(eraseDecision)),
      });
  }
}
