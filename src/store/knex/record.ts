import type { JsonObject } from "../../core/json.js";
import type { RunRecord } from "../../engine/ports.js";
import { planText } from "../plan-text.js";
import { checkEvents, runExists } from "../rules.js";
import { encodeEvents, encodeValue, type Payload } from "./codec.js";
import type { Database, Queries } from "./database.js";
import { beginChain } from "./heads.js";
import { insertDataKey } from "./keys.js";
import { keepPayloads } from "./payloads.js";
import { openApprovals } from "./people.js";
import { columnsOf } from "./run-row.js";

/** Puts back a run as it was archived; nobody holds it. */
export async function adopt(
  database: Database,
  { run, definition, events, approvals, dataKey }: RunRecord,
): Promise<void> {
  const list = events.map(({ event }) => event);
  checkEvents(list);
  const payloads: Payload[] = [];
  const { text, head } = beginChain(run.id, encodeEvents(list, payloads));
  const outputs = encodeValue(run.outputs, payloads);
  const opened = approvals.map((row) => ({
    row,
    request: encodeValue(row.request as unknown as JsonObject, payloads),
  }));
  await database.write(async (queries) => {
    if (await queries.table("runs").where({ id: run.id }).first("id")) throw runExists(run.id);
    const plan = planText(definition.plan);
    await queries
      .table("definitions")
      .insert({ ...definition, plan })
      .onConflict("hash")
      .ignore();
    const key = await freeKey(queries, run.workflow, run.idempotencyKey);
    await queries.table("runs").insert({
      ...columnsOf({ ...run, owner: null, leaseUntil: null, idempotencyKey: key }),
      salt: head.salt,
      head_hash: head.hash,
      outputs: outputs.text,
      outputs_ref: outputs.ref,
      error: run.error === null ? null : JSON.stringify(run.error),
    });
    await insertDataKey(queries, dataKey);
    await keepPayloads(queries, payloads);
    await queries.raw(database.dialect.journal.begin, [run.id, text]);
    await openApprovals(queries, run.id, opened);
  });
}

/** A key that another run took meanwhile stays that run's. */
async function freeKey(queries: Queries, workflow: string, key: string | null): Promise<string | null> {
  if (key === null) return null;
  const taken = await queries.table("runs").where({ workflow, idempotency_key: key }).first("id");
  return taken === undefined ? key : null;
}
