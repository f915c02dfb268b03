import { type Static, Type } from "@sinclair/typebox";
import { Count, Moment, nullable, oneOf, page, record, Text, Values } from "./parts.js";

const Act = record(
  {
    run: nullable(Text("null: what concerns no single run")),
    seq: Type.Integer({ minimum: 1, description: "place in the run's journal, or in the trail beside it" }),
    source: oneOf(["journal", "trail"]),
    at: Moment,
    who: Text(),
    what: Text("an event's type, or what was done beside runs, such as `decisionRefused` and `held`"),
    stage: nullable(Text()),
    definition: nullable(Text("hash of the plan that the run follows")),
    detail: Values,
  },
  "Act",
);
export const ActPage = page(Act, "ActPage");

const Hold = record({ run: Text(), by: Text(), at: Moment, reason: Text() }, "Hold");
export const HoldList = record({ items: Type.Array(Hold) }, "HoldList");

const ChainFault = record({
  run: nullable(Text()),
  seq: Count,
  kind: oneOf(["changed", "removed", "added", "reordered", "rewritten", "unchained"]),
  what: Text(),
});
export const Proof = record(
  { proven: Type.Boolean(), runs: Count, events: Count, faults: Type.Array(ChainFault) },
  "Proof",
);

export type ActDocument = Static<typeof Act>;
export type HoldDocument = Static<typeof Hold>;
export type ProofDocument = Static<typeof Proof>;
