import {
  DYNAMIC,
  type Field,
  listOf,
  NUMBER,
  type ObjectType,
  objectOf,
  STRING,
  type Type,
} from "../../core/expression/index.js";
import { maySkip } from "../endings.js";
import type { StageNode } from "../model.js";

/** What a reader can be sure of about a stage it names. */
export interface Sureness {
  /** It did its work: outputs are there. */
  readonly worked: boolean;
  /** It has ended, in whatever way. */
  readonly ended: boolean;
  /** It failed: the error is there. */
  readonly failed: boolean;
}

const ERROR: Type = objectOf({ code: STRING, message: STRING, details: DYNAMIC }, undefined, "error");

/** `stages.<id>` as one reader sees it. */
export function stageField(stage: StageNode, outputs: Type, sure: Sureness): Field {
  const label = `stages.${stage.id}`;
  const absent = (type: Type, reason: string): Field => ({ type, presence: "maybe-absent", reason });
  const late = `\`${stage.id}\` may not have ended`;
  const values = [...stage.outcomes, "skipped", "failed", "omitted", "cancelled"];
  const outcome: Type = stage.type === undefined ? STRING : { kind: "string", values };
  const fields: Record<string, Field | Type> = {
    outputs: sure.worked ? outputs : absent(outputs, whyAbsent(stage, sure)),
    outcome: sure.ended ? outcome : absent(outcome, late),
    error: sure.failed ? ERROR : absent(ERROR, `\`${stage.id}\` may not have failed`),
    attempts: sure.ended ? NUMBER : absent(NUMBER, late),
  };
  return { type: objectOf(fields, undefined, label) };
}

function whyAbsent(stage: StageNode, { ended }: Sureness): string {
  if (!ended) return `\`${stage.id}\` may not have ended`;
  return maySkip(stage) ? `\`${stage.id}\` may be skipped` : `\`${stage.id}\` may have failed or never run`;
}

/** What a `forEach` stage gives out, from what one item gives. */
export function resultsOf(stage: StageNode, item: Type): ObjectType {
  const result = objectOf({
    outcome: { kind: "string", values: [...stage.outcomes, "skipped", "failed", "omitted", "cancelled"] },
    outputs: { type: item, presence: "optional" },
    error: { type: ERROR, presence: "optional" },
  });
  return objectOf({ results: listOf(result), succeeded: NUMBER, failed: NUMBER });
}

export { ERROR };
