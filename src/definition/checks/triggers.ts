import { Cron } from "croner";
import { BOOLEAN, checkExpression, DYNAMIC, NUMBER, objectOf, STRING, type Type } from "../../core/expression/index.js";
import { isObject, type Json, type JsonObject } from "../../core/json.js";
import type { Path } from "../findings.js";
import { checkInputs } from "../inputs.js";
import { entriesOf } from "../model.js";
import { TRIGGER_KINDS, type TriggerKind, WORDS_OF_KINDS } from "../schema/trigger.js";
import type { Names } from "../types/names.js";
import { checkTemplate } from "../types/template.js";
import type { CheckContext } from "./context.js";

/** Triggers that can fire, told apart, and that give a run the inputs it needs. */
export function checkTriggers(context: CheckContext): void {
  const { triggers } = context.raw;
  if (!Array.isArray(triggers)) return;
  const known = new Map<string, number>();
  for (const [index, trigger] of triggers.entries()) {
    if (!isObject(trigger)) continue;
    const kind = checkKind(context, trigger, ["triggers", index]);
    checkId(context, trigger["id"] ?? `${kind}${index + 1}`, index, known);
    if (kind === "cron") checkTimes(context, trigger, ["triggers", index]);
    if (kind === "webhook") checkSignature(context, trigger["webhook"], ["triggers", index, "webhook"]);
    checkGiven(context, trigger, kind, ["triggers", index]);
  }
}

function checkKind({ findings }: CheckContext, trigger: JsonObject, path: Path): TriggerKind | undefined {
  const [kind, other] = TRIGGER_KINDS.filter((word) => trigger[word] !== undefined);
  if (kind === undefined) {
    // A key nobody knows was meant to say it.
    if (findings.hasErrorAt(path)) return undefined;
    findings.error(
      "bad-trigger",
      { path },
      "this says nothing that could start a run",
      "name one of cron, file, webhook, event",
    );
  } else if (other !== undefined) {
    const message = `a trigger is one thing: \`${kind}\` or \`${other}\``;
    findings.error("bad-trigger", { path: [...path, other], part: "key" }, message, "make two entries of it");
  } else {
    for (const [word, kinds] of Object.entries(WORDS_OF_KINDS)) {
      if (trigger[word] === undefined || kinds.includes(kind)) continue;
      const message = `\`${word}\` belongs to ${kinds.map((one) => `\`${one}\``).join(", ")}`;
      findings.error("misplaced-key", { path: [...path, word], part: "key" }, message, "remove it");
    }
  }
  return kind;
}

function checkId({ findings }: CheckContext, id: Json, index: number, known: Map<string, number>): void {
  if (typeof id !== "string") return;
  if (known.has(id)) {
    const path = ["triggers", index];
    findings.error("bad-trigger", { path }, `two triggers are called \`${id}\``, "give each an `id` of its own");
  }
  known.set(id, index);
}

function checkTimes({ findings }: CheckContext, { cron, timezone }: JsonObject, path: Path): void {
  if (timezone !== undefined && !isTimezone(timezone)) {
    const help = "an IANA name, such as UTC, Europe/Berlin or America/New_York";
    findings.error("bad-trigger", { path: [...path, "timezone"] }, `there is no timezone \`${timezone}\``, help);
  }
  if (typeof cron !== "string") return;
  const place = { path: [...path, "cron"] };
  const help = "minute, hour, day of the month, month, day of the week: `0 3 * * MON-FRI`";
  try {
    // From a fixed day: whether a time ever comes does not depend on today.
    if (new Cron(cron, { mode: "5-part", timezone: "UTC" }).nextRun(new Date(0)) !== null) return;
    findings.error("bad-trigger", place, "this time never comes", help);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    findings.error("bad-trigger", place, `this is no cron pattern: ${why}`, help);
  }
}

/** A request that nobody signed is taken only where the definition says so in a word. */
function checkSignature({ findings }: CheckContext, webhook: Json | undefined, path: Path): void {
  if (!isObject(webhook)) return;
  const { secret, unsigned } = webhook;
  if (secret === undefined && unsigned === undefined) {
    const help = "name a `secret`; or say `unsigned: true`, and whoever reaches the server may start a run";
    findings.error("bad-trigger", { path }, "this does not say how a request proves where it comes from", help);
  }
  if (unsigned === undefined) return;
  for (const word of ["secret", "scheme", "tolerance"].filter((one) => webhook[one] !== undefined)) {
    const message = `\`${word}\` says how requests are signed, and \`unsigned\` that they are not`;
    findings.error("bad-trigger", { path: [...path, word], part: "key" }, message, "keep one of the two");
  }
}

function isTimezone(name: Json): boolean {
  try {
    return typeof name === "string" && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The inputs a trigger gives, against those the workflow takes. */
function checkGiven(context: CheckContext, trigger: JsonObject, kind: TriggerKind | undefined, path: Path): void {
  const { raw, findings, locate, text } = context;
  const written = trigger["inputs"] ?? {};
  if (!isObject(written)) return;
  const inside = trigger["inputs"] === undefined ? path : [...path, "inputs"];
  const declared = Object.fromEntries(entriesOf(raw["inputs"]).filter(([, schema]) => isObject(schema))) as Readonly<
    Record<string, JsonObject>
  >;
  const optional = Object.keys(declared).filter((name) => declared[name]?.["optional"] === true);
  const names = namesOf(kind);
  const templates = {
    names,
    checker: checkExpression,
    findings,
    locate,
    text,
    onReference: () => {},
    readable: (source: string) => source,
  };
  const { filter } = trigger;
  if (filter !== undefined) checkTemplate(filter, [...path, "filter"], { type: "boolean" }, templates);
  for (const [name, value] of Object.entries(written)) {
    const schema = Object.hasOwn(declared, name) ? declared[name] : undefined;
    checkTemplate(value, [...inside, name], schema, templates);
  }
  // An expression is known by its type only, which was looked at above.
  const isOpen = (name: string) => JSON.stringify(written[name] ?? null).includes("${{");
  const inputs = Object.fromEntries(
    Object.entries(declared).map(([name, schema]) => [name, isOpen(name) ? {} : schema]),
  );
  for (const { code, path: at, message, help } of checkInputs({ inputs, optional }, written).issues) {
    const [name = ""] = at.split(/[.[]/);
    const isWritten = Object.hasOwn(written, name);
    const place = isWritten
      ? { path: [...inside, name], ...(code === "unknown-input" && { part: "key" as const }) }
      : { path: inside };
    findings.error(code, place, message, help);
  }
}

const COMMON = { kind: STRING, id: STRING };
const TRIGGERS: Readonly<Record<TriggerKind, Type>> = {
  cron: objectOf({ ...COMMON, time: STRING, late: BOOLEAN }, undefined, "trigger"),
  file: objectOf({ ...COMMON, file: STRING, name: STRING, bytes: NUMBER, modifiedAt: STRING }, undefined, "trigger"),
  webhook: objectOf({ ...COMMON, delivery: STRING, type: STRING, at: STRING, body: DYNAMIC }, undefined, "trigger"),
  event: objectOf(
    { ...COMMON, name: STRING, data: DYNAMIC, by: STRING, at: STRING, hops: NUMBER },
    undefined,
    "trigger",
  ),
};

/** No run is there yet: only what set it off can be read. */
function namesOf(kind: TriggerKind | undefined): Names {
  const trigger: Type = kind === undefined ? { kind: "dynamic" } : TRIGGERS[kind];
  return {
    get: (name) => (name === "trigger" ? trigger : undefined),
    keys: () => ["trigger"],
    withheld: (name) =>
      ["inputs", "state", "stages", "run", "secrets"].includes(name)
        ? "the run has not begun here: only `trigger` can be read"
        : undefined,
  };
}
