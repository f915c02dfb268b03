import { Args, Flags } from "@oclif/core";
import type { App, ApprovalRow } from "../app.js";
import type { Json, JsonObject, JsonSchema } from "../core/json.js";
import { isObject } from "../core/json.js";
import { driveFlags } from "./flags.js";
import { readInputs } from "./inputs.js";

/** Arguments and flags that `approve` and `reject` share. */
export const decisionArgs = {
  approval: Args.string({ description: "id of the approval, or the beginning of one", required: true }),
};

export const decisionFlags = {
  comment: Flags.string({ description: "kept with the decision", helpValue: "<text>" }),
  data: Flags.string({
    description: "a field of the approval's form, typed by its schema",
    helpValue: "<name=value>",
    multiple: true,
    multipleNonGreedy: true,
  }),
  detach: Flags.boolean({ description: "record the decision and leave the run to `resume`" }),
  ...driveFlags,
};

export interface Said {
  readonly outcome: string;
  readonly as?: string | undefined;
  readonly comment?: string | undefined;
  readonly data?: readonly string[] | undefined;
}

/** Records a decision. @throws StagecraftError of kind `denied` */
export async function decide(app: App, reference: string, said: Said): Promise<ApprovalRow> {
  const approval = await app.findApproval(reference);
  const data = said.data ? await formData(approval, said.data) : undefined;
  return app.decide(approval.id, {
    by: app.actor(said.as),
    outcome: said.outcome,
    ...(said.comment ? { comment: said.comment } : {}),
    ...(data ? { data } : {}),
  });
}

export async function formData(approval: ApprovalRow, pairs: readonly string[]): Promise<JsonObject> {
  const { coerceInput } = await import("../app.js");
  return readInputs({ pairs }, fieldsOf(approval.request.form), coerceInput);
}

function fieldsOf(form: JsonSchema | undefined): Readonly<Record<string, JsonSchema>> {
  const properties: Json = form?.["properties"] ?? {};
  const fields = isObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(fields.filter((field): field is [string, JsonSchema] => isObject(field[1])));
}
