import { jsonText, parseJson } from "../compute/json.js";
import { sha256 } from "../compute/sha256.js";
import { charge, type Frame, fault } from "../frame.js";
import { BOOLEAN, DYNAMIC, optionalOf, optionsOf, STRING, type Type, unionOf } from "../type.js";
import { isList, isMap, keysOf, Optional, type Value } from "../value.js";
import { type FunctionTable, overload } from "./signature.js";

function held(type: Type | undefined): Type {
  return unionOf((type ? optionsOf(type) : []).map((option) => (option.kind === "optional" ? option.of : option)));
}

function json(frame: Frame, value: Value): string {
  return jsonText(frame, value, false);
}

/** SHA-256 in hexadecimal: of a text as it is, of anything else as JSON with its keys in order. */
function hash(frame: Frame, value: Value): string {
  const text = typeof value === "string" ? value : jsonText(frame, value, true);
  charge(frame, text.length);
  return sha256(text);
}

function isEmpty(value: Value): boolean {
  if (isList(value)) return value.length === 0;
  if (isMap(value)) return keysOf(value).length === 0;
  return value === null || value === false || value === 0 || value === "";
}

export const OBJECT_FUNCTIONS: FunctionTable = new Map([
  ["json", [overload("value: any", STRING, json)]],
  ["toJson", [overload("value: any", STRING, json)]],
  ["parseJson", [overload("text: string", DYNAMIC, parseJson)]],
  ["hash", [overload("value: any", { kind: "string", trusted: true }, hash)]],
  [
    "orValue",
    [
      overload(
        "optional: optional, otherwise: any",
        ([optional, otherwise]) => unionOf([held(optional), otherwise!]),
        (_: Frame, optional: Optional, otherwise: Value) => (optional.value === undefined ? otherwise : optional.value),
      ),
    ],
  ],
  [
    "or",
    [
      overload(
        "optional: optional, otherwise: optional",
        ([a, b]) => optionalOf(unionOf([held(a), held(b)])),
        (_: Frame, a: Optional, b: Optional) => (a.value === undefined ? b : a),
      ),
    ],
  ],
  [
    "hasValue",
    [overload("optional: optional", BOOLEAN, (_: Frame, optional: Optional) => optional.value !== undefined)],
  ],
  [
    "value",
    [
      overload(
        "optional: optional",
        ([optional]) => held(optional),
        (frame: Frame, { value }: Optional) => {
          if (value !== undefined) return value;
          throw fault(frame.site, "missing-field", "there is no value", "absence", "write .orValue(…)");
        },
      ),
    ],
  ],
  [
    "optional.of",
    [
      overload(
        "value: any",
        ([type]) => optionalOf(type!),
        (_: Frame, value: Value) => new Optional(value),
      ),
    ],
  ],
  ["optional.none", [overload("", optionalOf(DYNAMIC), () => new Optional(undefined))]],
  [
    "optional.ofNonZeroValue",
    [
      overload(
        "value: any",
        ([type]) => optionalOf(type!),
        (_: Frame, value: Value) => new Optional(isEmpty(value) ? undefined : value),
      ),
    ],
  ],
]);
