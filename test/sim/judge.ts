import { isDeepStrictEqual } from "node:util";
import { rowOf } from "../../src/engine/row.js";
import type { People } from "./people.js";
import type { Witness } from "./witness.js";

/** Looks at what is left of the world when all faults are over. Adds what is wrong to the witness's list. */
export async function judge(witness: Witness, people: People): Promise<void> {
  for (const run of witness.runs.keys()) await judgeRun(witness, run);
  for (const { run, id } of [...people.posted, ...witness.words.heard.values()]) {
    const inbox = await witness.store.inbox(run);
    const isOver = witness.of(run).state.phase === "ended";
    if (!isOver && !witness.consumed.has(id) && !inbox.some((message) => message.id === id)) {
      witness.fail(`${run}: the request ${id} was acknowledged and is gone`);
    }
  }
  for (const { run, stage, outcome, by, settled } of people.decisions) {
    const { events, state } = witness.of(run);
    const end = state.stages.get(stage)?.outcome;
    if (end === "cancelled" || end === "failed" || end === "skipped") continue;
    const isMade = events.some(
      (event) => event.type === "decisionMade" && event.stage === stage && event.decision.by === by,
    );
    if (!isMade && settled)
      witness.fail(`${run}: ${by}'s decision on ${stage} was acknowledged and is not in the journal`);
    if (settled && end !== outcome)
      witness.fail(`${run}: ${by} was told that ${stage} is ${outcome}, and it ended ${end}`);
  }
}

async function judgeRun(witness: Witness, run: string): Promise<void> {
  const { store } = witness;
  const { events, state } = witness.of(run);
  const row = await store.getRun(run);
  const kept = await store.readEvents(run);
  const isSame = isDeepStrictEqual(
    kept.map(({ event }) => event),
    events,
  );
  if (!isSame) witness.fail(`${run}: the journal is not what was kept`);
  if (kept.some(({ seq }, at) => seq !== at + 1)) witness.fail(`${run}: the journal has gaps`);
  if (state.phase !== "ended") {
    witness.fail(`${run}: stuck: ${row?.status}, waits for ${row?.waitingFor}, wakes at ${row?.wakeAt}`);
    return;
  }
  const { status } = rowOf(state, 0, false, null);
  if (row?.status !== status) witness.fail(`${run}: the list says ${row?.status}, the journal ${status}`);
  const open = await store.listApprovals({ run, status: ["open"] });
  if (open.length > 0) witness.fail(`${run}: it is over, and ${open[0]?.stage} still waits for a person`);
}
