import { isObject, type Json, type JsonSchema } from "../../core/json.js";
import {
  type Check,
  isOpen,
  LEAVES,
  type Mode,
  need,
  REMARKS,
  regex,
  schemaMap,
  texts,
  Unsure,
  unsure,
} from "./leaf.js";

/** The check of a schema, or undefined where it has a keyword that is left to ajv. */
export function compile(schema: JsonSchema): Check | undefined {
  try {
    return new Compiler(schema).schema(schema);
  } catch (fault) {
    if (fault instanceof Unsure || fault instanceof RangeError) return undefined;
    throw fault;
  }
}

type Inner = (given: Json, schema: JsonSchema) => Check;

/** Keywords that are read together with the one they belong to. */
const COMPANIONS = new Set(["patternProperties", "additionalProperties", "then", "else", "$defs"]);

class Compiler {
  readonly #root: JsonSchema;
  /** What `$ref` named so far; entered before it is compiled, since schemas may contain themselves. */
  readonly #named = new Map<string, { check: Check }>();
  readonly #inner: Readonly<Record<string, Inner>> = {
    properties: () => always,
    propertyNames: (given) => this.#names(given),
    items: (given) => this.#items(given),
    dependentRequired: (given) => dependents(given),
    allOf: (given) => every(this.#choices(given)),
    anyOf: (given) => chosen(this.#choices(given), (count) => count > 0),
    oneOf: (given) => chosen(this.#choices(given), (count) => count === 1),
    not: (given) => chosen([this.#schemaOf(given)], (count) => count === 0),
    if: (given, schema) => this.#branch(given, schema),
    $ref: (given) => this.#reference(given),
  };

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  schema(schema: JsonSchema): Check {
    const leaves: ((value: Json) => boolean)[] = [];
    const inner: Check[] = [];
    for (const [keyword, given] of Object.entries(schema)) {
      if (keyword.startsWith("x-")) continue;
      if (Object.hasOwn(LEAVES, keyword)) leaves.push(LEAVES[keyword]!(given));
      else if (Object.hasOwn(this.#inner, keyword)) inner.push(this.#inner[keyword]!(given, schema));
      else if (Object.hasOwn(REMARKS, keyword)) need(REMARKS[keyword]!(given), given);
      else need(COMPANIONS.has(keyword), given);
    }
    if (schema["$defs"] !== undefined) for (const [, part] of schemaMap(schema["$defs"])) this.schema(part);
    for (const part of ["then", "else"]) if (schema[part] !== undefined) this.#schemaOf(schema[part]);
    if (["properties", "patternProperties", "additionalProperties"].some((keyword) => keyword in schema)) {
      inner.push(this.#fields(schema));
    }
    return (value, mode) => {
      if (mode !== "exact" && isOpen(value)) return mode === "written" || unsure();
      for (let at = 0; at < leaves.length; at++) if (!leaves[at]!(value)) return false;
      for (let at = 0; at < inner.length; at++) if (!inner[at]!(value, mode)) return false;
      return true;
    };
  }

  #schemaOf(given: Json | undefined): Check {
    if (typeof given === "boolean") return () => given;
    return isObject(given) ? this.schema(given) : unsure();
  }

  #choices(given: Json): readonly Check[] {
    if (!Array.isArray(given) || given.length === 0) return unsure();
    return (given as Json[]).map((choice) => this.#schemaOf(choice));
  }

  #fields({ properties = {}, patternProperties = {}, additionalProperties = true }: JsonSchema): Check {
    const known = new Map(schemaMap(properties).map(([name, inner]) => [name, this.schema(inner)]));
    const patterns = schemaMap(patternProperties).map(([text, inner]) => [regex(text), this.schema(inner)] as const);
    const rest = this.#schemaOf(additionalProperties);
    return (value, mode) => {
      if (!isObject(value)) return true;
      const names = Object.keys(value);
      for (let at = 0; at < names.length; at++) {
        const name = names[at] as string;
        const field = value[name] as Json;
        const check = known.get(name);
        let isNamed = check !== undefined;
        if (check !== undefined && !check(field, mode)) return false;
        for (let at = 0; at < patterns.length; at++) {
          const [pattern, inner] = patterns[at]!;
          if (!pattern.test(name)) continue;
          isNamed = true;
          if (!inner(field, mode)) return false;
        }
        if (!isNamed && !rest(field, mode)) return false;
      }
      return true;
    };
  }

  #names(given: Json): Check {
    const check = this.#schemaOf(given);
    return (value) => !isObject(value) || Object.keys(value).every((name) => check(name, "exact"));
  }

  #items(given: Json): Check {
    const check = this.#schemaOf(given);
    return (value, mode) => !Array.isArray(value) || (value as Json[]).every((item) => check(item, mode));
  }

  #branch(given: Json, schema: JsonSchema): Check {
    const condition = this.#schemaOf(given);
    const [then, otherwise] = [schema["then"] ?? true, schema["else"] ?? true].map((part) => this.#schemaOf(part));
    return (value, mode) => (condition(value, closed(mode)) ? then! : otherwise!)(value, mode);
  }

  /** Within the same schema: `#/$defs/stage`. */
  #reference(given: Json): Check {
    if (typeof given !== "string" || !/^#(\/[$\w]+)*$/.test(given)) return unsure();
    const named = this.#named.get(given) ?? this.#enter(given);
    return (value, mode) => named.check(value, mode);
  }

  #enter(pointer: string): { check: Check } {
    let target: Json | undefined = this.#root;
    for (const step of pointer.split("/").slice(1)) {
      target = isObject(target) && Object.hasOwn(target, step) ? target[step] : undefined;
    }
    const entry: { check: Check } = { check: always };
    this.#named.set(pointer, entry);
    entry.check = this.#schemaOf(target);
    return entry;
  }
}

function always(): boolean {
  return true;
}

function every(checks: readonly Check[]): Check {
  return (value, mode) => checks.every((check) => check(value, mode));
}

/** A choice hangs on every text in it, so none may be left open. */
function chosen(checks: readonly Check[], isRight: (count: number) => boolean): Check {
  return (value, mode) => {
    const inner = closed(mode);
    return isRight(checks.filter((check) => check(value, inner)).length);
  };
}

function closed(mode: Mode): Mode {
  return mode === "exact" ? mode : "strict";
}

function dependents(given: Json): Check {
  if (!isObject(given)) return unsure();
  const rules = Object.entries(given).map(([name, needed]) => [name, texts(needed)] as const);
  return (value) =>
    !isObject(value) ||
    rules.every(([name, needed]) => value[name] === undefined || needed.every((other) => value[other] !== undefined));
}
