import fs from "node:fs";
import { StagecraftError } from "../core/errors.js";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../core/json.js";

export interface GivenInputs {
  /** `name=value`, as typed. */
  readonly pairs: readonly string[];
  /** A JSON or YAML file, or `-` for stdin. */
  readonly file?: string | undefined;
}

type Coerce = (schema: JsonSchema, text: string) => Json;

/** Inputs from a file and from flags; a flag goes before the file. @throws StagecraftError */
export async function readInputs(
  { pairs, file }: GivenInputs,
  schemas: Readonly<Record<string, JsonSchema>>,
  coerce: Coerce,
): Promise<JsonObject> {
  const values = new Map(file === undefined ? [] : Object.entries(await readFile(file)));
  for (const [name, text] of parsePairs(pairs)) {
    values.set(name, Object.hasOwn(schemas, name) ? coerce(schemas[name] as JsonSchema, text) : text);
  }
  return Object.fromEntries(values);
}

/** What checking inputs found. */
interface InputIssue {
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly help?: string;
}

/** Names everything that is wrong, and how an input is given. @throws StagecraftError `invalid-input`, if there is anything */
export function refuseInputs(issues: readonly InputIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const name = /^[^.[]+/.exec(issues.find(({ code }) => code !== "unknown-input")?.path ?? "")?.[0];
  const how = name === undefined ? undefined : `give it with -i ${name}=…, or all of them with --input-file FILE`;
  const help = [first.help, how].filter((text) => text !== undefined).join("; ");
  const message = issues.map((issue) => issue.message).join("; ");
  throw new StagecraftError("invalid-input", message, help === "" ? {} : { help });
}

/** `k=v` pairs in order; the value may hold further `=`. @throws StagecraftError `invalid-flag` */
export function parsePairs(pairs: readonly string[]): readonly (readonly [string, string])[] {
  return pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)] as const;
    throw new StagecraftError("invalid-flag", `\`${pair}\` is not name=value`, { help: "such as -i amount=300" });
  });
}

/** Pairs whose values are JSON where they can be read as it, else text; undefined without any. */
export function jsonPairs(pairs: readonly string[]): JsonObject | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(parsePairs(pairs).map(([name, text]) => [name, jsonOrText(text)]));
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

async function readFile(file: string): Promise<JsonObject> {
  const name = file === "-" ? "stdin" : file;
  const value = await parse(name, readText(file));
  if (isObject(value)) return value;
  throw new StagecraftError("invalid-input-file", `${name} holds no object of inputs`);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new StagecraftError("invalid-input-file", `cannot read ${file}: ${(error as Error).message}`);
  }
}

/** JSON is read as JSON, so that nothing in it can mean something else in YAML. */
async function parse(name: string, text: string): Promise<Json> {
  try {
    if (/^\s*\{/.test(text)) return JSON.parse(text) as Json;
    const { parse: parseYaml } = await import("yaml");
    return parseYaml(text, { maxAliasCount: 100 }) as Json;
  } catch (error) {
    throw new StagecraftError("invalid-input-file", `${name}: ${(error as Error).message.split("\n")[0]}`);
  }
}
