import {
  DYNAMIC,
  type Field,
  NUMBER,
  type ObjectType,
  objectOf,
  TIMESTAMP,
  type Type,
  typeOfSchema,
} from "../../core/expression/index.js";
import { isObject, type JsonObject } from "../../core/json.js";
import { itemName } from "../item-name.js";
import { entriesOf, readableId, type StageNode } from "../model.js";
import { ERROR } from "./stage.js";

/** Chosen by whoever operates the engine or wrote the definition. */
const TRUSTED: Type = { kind: "string", trusted: true };

/** Names of one expression: the types of those in scope, and why others that exist are not. */
export interface Names {
  get(name: string): Type | undefined;
  keys(): Iterable<string>;
  /** Undefined: the name is in scope, or there is no such name anywhere. `isGuarded`: whoever asks can do without it. */
  withheld(name: string, isGuarded: boolean): string | undefined;
}

/** What is in scope at a place beside `inputs`, `state`, `run` and `stages`. */
export interface Extras {
  /** The stage's own item and iteration, beside those around it. */
  readonly own?: { readonly stage: StageNode; readonly item: Type };
  readonly result?: Type;
  /** What there is of a `forEach` so far: its fields are names. */
  readonly results?: ObjectType;
  readonly error?: boolean;
  readonly secrets?: boolean;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["secrets", "`secrets` can be read inside `with` only"],
  ["result", "`result` is there in `outputs`, `set`, `compensate` and `repeat.until` only"],
  ["repeat", "`repeat` is there inside a stage with `repeat` only"],
  ["error", "`error` is there in `retry.if` and `onError` only; of another stage it is `stages.<id>.error`"],
  ["index", "`index` is there inside a stage with `forEach` only"],
  ["results", "`results` is there in `completeWhen` only; elsewhere it is `stages.<id>.outputs.results`"],
  ["item", "`item` is there inside a stage with `forEach` only"],
  ["stages", "no stage has run yet here"],
  ["state", "there is no state yet here"],
]);

/** The types that are the same everywhere in a definition. */
export interface Base {
  readonly inputs: Type;
  readonly state: Type;
  readonly secrets: Type;
}

/** Types of a definition's inputs, state and secrets. */
export function baseTypes(raw: JsonObject): Base {
  const secrets = Array.isArray(raw["secrets"]) ? raw["secrets"].map(String) : [];
  return {
    // Where they are no mapping, which is said, any name may be meant.
    inputs: isNoMapping(raw["inputs"])
      ? DYNAMIC
      : objectOf(
          fieldsOf(raw["inputs"], (schema) => schema["optional"] === true && schema["default"] === undefined),
          undefined,
          "inputs",
        ),
    state: isNoMapping(raw["state"])
      ? DYNAMIC
      : objectOf(
          fieldsOf(raw["state"], (schema) => schema["default"] === undefined),
          undefined,
          "state",
        ),
    secrets: objectOf(Object.fromEntries(secrets.map((name) => [name, TRUSTED])), undefined, "secrets"),
  };
}

function isNoMapping(written: JsonObject[string] | undefined): boolean {
  return written !== undefined && !isObject(written);
}

function fieldsOf(
  written: JsonObject[string] | undefined,
  optional: (schema: JsonObject) => boolean,
): Record<string, Field> {
  const fields: Record<string, Field> = Object.create(null);
  for (const [name, schema] of entriesOf(written)) {
    const field: Field = !isObject(schema)
      ? { type: DYNAMIC }
      : { type: typeOfSchema(schema), ...(optional(schema) && { presence: "optional" as const }) };
    fields[name] = field;
    fields[readableId(name)] = field;
  }
  return fields;
}

const RUN = { id: TRUSTED, workflow: TRUSTED, version: TRUSTED, startedAt: TIMESTAMP };
const RUN_TYPE = objectOf(RUN, undefined, "run");
const ENDING: Type = { kind: "string", values: ["succeeded", "failed", "cancelled", "rolledBack", "rollbackFailed"] };
const ENDING_RUN_TYPE = objectOf({ ...RUN, status: ENDING }, undefined, "run");
const REPEAT = objectOf({ index: NUMBER, previous: DYNAMIC }, undefined, "repeat");

/** Names for an expression at or inside `stage`; `items` knows what the `forEach` of a stage gives one by one. */
export function namesAt(
  base: Base,
  stages: Type | undefined,
  stage: StageNode | undefined,
  extras: Extras,
  items: (stage: StageNode) => Type,
): Names {
  const known = new Map<string, Type>([
    ["inputs", base.inputs],
    ["run", inFinally(stage) ? ENDING_RUN_TYPE : RUN_TYPE],
    ["trigger", DYNAMIC],
  ]);
  if (stages !== undefined) known.set("state", base.state).set("stages", stages);
  for (let up = stage?.graph.owner; up !== undefined; up = up.graph.owner) addOwn(known, up, items(up));
  if (extras.own !== undefined) addOwn(known, extras.own.stage, extras.own.item);
  if (extras.result !== undefined) known.set("result", extras.result);
  if (extras.results !== undefined) {
    for (const [name, { type }] of extras.results.fields) known.set(name, type);
    known.set("total", NUMBER);
  }
  if (extras.error === true) known.set("error", ERROR);
  if (extras.secrets === true) known.set("secrets", base.secrets);
  const early = stage === undefined ? undefined : itemName(stage);
  const withheld = (name: string): string | undefined => {
    if (known.has(name)) return undefined;
    if (name === early) return `\`${name}\` is one item, and this is decided once for all of them`;
    return REASONS.get(name);
  };
  return {
    get: (name) => known.get(name) ?? (withheld(name) === undefined ? undefined : DYNAMIC),
    keys: () => known.keys(),
    withheld,
  };
}

/** Names for a text that a stage fills in from what it is given; `names` to fields of that. */
export function namesFrom(given: Type, names: Readonly<Record<string, string>>): Names {
  const fieldOf = (name: string) => (given.kind === "object" ? given.fields.get(names[name] as string) : undefined);
  const isKnown = (name: string) => Object.hasOwn(names, name);
  return {
    get: (name) => (isKnown(name) ? (fieldOf(name)?.type ?? DYNAMIC) : undefined),
    keys: () => Object.keys(names),
    withheld: (name, isGuarded) => {
      const isThere = !isKnown(name) || given.kind !== "object" || fieldOf(name) !== undefined;
      return isThere || isGuarded ? undefined : `give the stage \`${names[name]}\` in its \`with\``;
    },
  };
}

/** Inner names win over outer ones. */
function addOwn(known: Map<string, Type>, stage: StageNode, item: Type): void {
  const name = itemName(stage);
  if (name !== undefined && !known.has(name)) known.set(name, item).set("index", NUMBER);
  if (stage.raw["repeat"] !== undefined) known.set("repeat", REPEAT);
}

function inFinally(stage: StageNode | undefined): boolean {
  for (let up = stage; up !== undefined; up = up.graph.owner) if (up.graph.role === "finally") return true;
  return false;
}
