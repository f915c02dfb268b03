import { isObject, type Json, type JsonSchema } from "stagecraft/plugin";
import { contentStems, nameStems } from "./words.js";

/** One field of the answer that is looked for. */
export interface Wanted {
  /** Its own name, and where it stands in the answer: `["vendor", "email"]`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** Stems of its name, of the names above it, and of what its schema says beside it. */
  readonly words: readonly string[];
  readonly above: readonly string[];
  readonly hints: readonly string[];
  readonly required: boolean;
}

export function wanted(path: readonly string[], schema: JsonSchema, required: boolean): Wanted {
  const name = path.at(-1) ?? "";
  const said = ["title", "description"].map((key) => (typeof schema[key] === "string" ? schema[key] : ""));
  return {
    name,
    path,
    schema,
    words: nameStems(name),
    above: path.slice(0, -1).flatMap(nameStems),
    hints: [...new Set([...contentStems(said.join(" ")), ...keywordList(schema).flatMap(contentStems)])],
    required,
  };
}

/** `x-keywords` as a list; as an object its lists belong to single values and are not in it. */
export function keywordList(schema: JsonSchema): readonly string[] {
  const keywords = schema["x-keywords"];
  return Array.isArray(keywords) ? texts(keywords) : [];
}

/** The keywords of one value: `x-keywords: { urgent: [asap, today] }`. */
export function keywordsOf(schema: JsonSchema, value: Json): readonly string[] {
  const keywords = schema["x-keywords"];
  const name = String(value);
  const own = isObject(keywords) && Object.hasOwn(keywords, name) ? keywords[name] : undefined;
  return Array.isArray(own) ? texts(own) : [];
}

function texts(list: readonly Json[]): readonly string[] {
  return list.filter((item) => typeof item === "string");
}

/** The types a schema allows, by its `type` or what else it says. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return texts(type);
  if (schema["properties"] !== undefined) return ["object"];
  if (schema["items"] !== undefined) return ["array"];
  return [];
}
