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
import { LazyFields } from "./fields.js";

/** What a reader can be sure of about a stage it names; each is found out when asked for. */
export interface Sureness {
  /** It did its work: outputs are there. */
  readonly worked: boolean;
  /** It has ended, in whatever way. */
  readonly ended: boolean;
  /** It failed: the error is there. */
  readonly failed: boolean;
}

const ERROR: Type = objectOf({ code: STRING, message: STRING, details: DYNAMIC }, undefined, "error");

const FIELDS = ["outputs", "outcome", "error", "attempts"] as const;

/** `stages.<id>` as one reader sees it. */
export function stageField(stage: StageNode, outputs: Type, sure: Sureness): Field {
  const { id } = stage;
  const field = (type: Type, isSure: boolean, why: () => string): Field =>
    isSure ? { type } : { type, presence: "maybe-absent", reason: why() };
  const late = () => `\`${id}\` may not have ended`;
  const find = (name: string): Field | undefined => {
    switch (name as (typeof FIELDS)[number]) {
      case "outputs":
        return field(outputs, sure.worked, () => whyAbsent(stage, sure));
      case "outcome":
        return field(stage.type === undefined ? STRING : endOf(stage), sure.ended, late);
      case "error":
        return field(ERROR, sure.failed, () => `\`${id}\` may not have failed`);
      case "attempts":
        return field(NUMBER, sure.ended, late);
      default:
        return undefined;
    }
  };
  return { type: { kind: "object", fields: new LazyFields(find, () => FIELDS), label: `stages.${id}` } };
}

function endOf({ outcomes }: StageNode): Type {
  return { kind: "string", values: [...outcomes, "skipped", "failed", "omitted", "cancelled"] };
}

function whyAbsent(stage: StageNode, { ended }: Sureness): string {
  if (!ended) return `\`${stage.id}\` may not have ended`;
  return maySkip(stage) ? `\`${stage.id}\` may be skipped` : `\`${stage.id}\` may have failed or never run`;
}

/** What a `forEach` stage gives out, from what one item gives. */
export function resultsOf(stage: StageNode, item: Type): ObjectType {
  const result = objectOf({
    outcome: endOf(stage),
    outputs: { type: item, presence: "optional" },
    error: { type: ERROR, presence: "optional" },
  });
  return objectOf({ results: listOf(result), succeeded: NUMBER, failed: NUMBER });
}

export { ERROR };
