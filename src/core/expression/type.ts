/**
 * What the checker knows of a value. `dynamic`: nothing, so nothing about it is ever reported.
 * `values` lists every value a string, number or boolean can have.
 */
export type Type =
  | { readonly kind: "dynamic" }
  | { readonly kind: "null" | "timestamp" | "duration" | "decimal" }
  | ScalarType
  | { readonly kind: "list"; readonly item: Type }
  | ObjectType
  | { readonly kind: "optional"; readonly of: Type }
  | { readonly kind: "union"; readonly options: readonly Type[] };

export interface ScalarType {
  readonly kind: "boolean" | "number" | "string";
  readonly values?: readonly (boolean | number | string)[];
  /** Of a string: `date-time`, `duration`, …: only for hints. */
  readonly format?: string;
  /** Of a string: the operator chose it, or its schema lets only plain signs through (`isPlainText`). */
  readonly trusted?: boolean;
}

export interface ObjectType {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Field>;
  /** Of fields not listed. Undefined: there are no others. */
  readonly rest?: Type;
  /** What messages call it; `object` without. */
  readonly label?: string;
}

/**
 * `optional`: may be missing; an unguarded read is the warning `maybe-missing`.
 * `maybe-absent`: the same but an error of that name; `reason` says when it is absent, as
 * "`pay` may be omitted" does.
 */
export interface Field {
  readonly type: Type;
  readonly presence?: "optional" | "maybe-absent";
  readonly reason?: string;
}

export const DYNAMIC: Type = { kind: "dynamic" };
export const NULL: Type = { kind: "null" };
export const BOOLEAN: Type = { kind: "boolean" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };
export const TIMESTAMP: Type = { kind: "timestamp" };
export const DURATION: Type = { kind: "duration" };
export const DECIMAL: Type = { kind: "decimal" };
export const ANY_LIST: Type = { kind: "list", item: DYNAMIC };
export const ANY_OBJECT: Type = { kind: "object", fields: new Map(), rest: DYNAMIC };

export function listOf(item: Type): Type {
  return { kind: "list", item };
}

/** Fields as types, or with their presence. Closed unless `rest` is given. */
export function objectOf(fields: Readonly<Record<string, Field | Type>>, rest?: Type, label?: string): ObjectType {
  const known = new Map<string, Field>();
  for (const name of Object.keys(fields)) {
    const field = fields[name]!;
    known.set(name, "kind" in field ? { type: field } : field);
  }
  return { kind: "object", fields: known, ...(rest && { rest }), ...(label && { label }) };
}

export function optionalOf(of: Type): Type {
  return of.kind === "optional" ? of : { kind: "optional", of };
}

/** The narrowest type that holds all of them. Dynamic swallows the rest; no types at all are dynamic. */
export function unionOf(types: readonly Type[]): Type {
  if (types.length === 1) return types[0]!;
  const options: Type[] = [];
  for (const type of types.flatMap(optionsOf)) {
    if (type.kind === "dynamic") return DYNAMIC;
    const same = options.findIndex((option) => option.kind === type.kind);
    if (same < 0) options.push(type);
    else options.splice(same, 1, ...merge(options[same]!, type));
  }
  if (options.length === 0) return DYNAMIC;
  return options.length === 1 ? options[0]! : { kind: "union", options };
}

export function optionsOf(type: Type): readonly Type[] {
  return type.kind === "union" ? type.options : [type];
}

/** Two types of one kind, as one where that loses nothing a check needs. */
function merge(a: Type, b: Type): Type[] {
  if (a === b) return [a];
  if (isScalar(a) && isScalar(b)) {
    const { kind } = a;
    if (!a.values || !b.values) {
      const format = a.format && a.format === b.format && { format: a.format };
      const isTrusted = [a, b].every(({ trusted, values }) => trusted || values);
      return [{ kind, ...format, ...(isTrusted && kind === "string" && { trusted: true }) }];
    }
    return [{ kind, values: [...new Set([...a.values, ...b.values])] }];
  }
  if (a.kind === "list" && b.kind === "list") return [listOf(unionOf([a.item, b.item]))];
  if (a.kind === "optional" && b.kind === "optional") return [optionalOf(unionOf([a.of, b.of]))];
  if (a.kind === "object" && b.kind === "object") return [mergeObjects(a, b)];
  return [a];
}

/** A field that only one of them has may be missing. */
function mergeObjects(a: ObjectType, b: ObjectType): ObjectType {
  const fields = new Map<string, Field>();
  for (const name of new Set([...a.fields.keys(), ...b.fields.keys()])) {
    const left = a.fields.get(name) ?? missing(a);
    const right = b.fields.get(name) ?? missing(b);
    const types = [left, right].flatMap((field) => (field ? [field.type] : []));
    const absent = [left, right].find((field) => field?.presence === "maybe-absent");
    if (absent) fields.set(name, { ...absent, type: unionOf(types) });
    else if (left && right && !left.presence && !right.presence) fields.set(name, { type: unionOf(types) });
    else fields.set(name, { type: unionOf(types), presence: "optional" });
  }
  const rests = [a.rest, b.rest].filter((rest) => rest !== undefined);
  return { kind: "object", fields, ...(rests.length > 0 && { rest: unionOf(rests) }) };
}

function missing(object: ObjectType): Field | undefined {
  return object.rest && { type: object.rest, presence: "optional" };
}

export function isScalar(type: Type): type is ScalarType {
  return type.kind === "boolean" || type.kind === "number" || type.kind === "string";
}

/** The type without null and without the wrapping of an optional; `dynamic` when nothing is left. */
export function withoutNull(type: Type): Type {
  return unionOf(optionsOf(type).filter((option) => option.kind !== "null"));
}

export function mayBeNull(type: Type): boolean {
  return optionsOf(type).some((option) => option.kind === "null");
}

/** What people read: `list<string>`, `number or null`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "list":
      return type.item.kind === "dynamic" ? "list" : `list<${typeName(type.item)}>`;
    case "object":
      return type.label ?? "object";
    case "optional":
      return type.of.kind === "dynamic" ? "optional" : `optional<${typeName(type.of)}>`;
    case "union":
      return type.options.map(typeName).join(" or ");
    case "dynamic":
      return "any";
    default:
      return type.kind;
  }
}
