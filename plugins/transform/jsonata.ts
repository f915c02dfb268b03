import { createRequire } from "node:module";
import type jsonataOf from "jsonata";
import { type Json, StageError } from "stagecraft/plugin";
import { LinearRegex } from "./regex.js";

/** What one evaluation may cost. Steps rather than seconds: the same input gives the same end on every machine. */
const JSONATA_LIMITS = {
  /** Nodes of the expression evaluated. */
  steps: 1_000_000,
  /** Nested evaluations, and so recursion. */
  depth: 2_000,
  /** Items of one list made on the way. */
  items: 200_000,
  /** Characters of one text made on the way. */
  text: 4_000_000,
} as const;

/** Steps between two looks at the rest of the world. */
const BREATH = 10_000;
const COMPILED_LIMIT = 200;

/** No expression can spell this name. */
const SPENT = " spent";

interface Spent {
  steps: number;
  depth: number;
  readonly clock: Date;
}

interface GuardedEnvironment {
  timestamp: Date;
  lookup(name: string): Spent | undefined;
}

const require = createRequire(import.meta.url);
const compiled = new Map<string, jsonataOf.Expression>();

/** A fault of the expression itself, at an offset into it; undefined when it reads well. */
export function syntaxFault(source: string): { readonly message: string; readonly position: number } | undefined {
  try {
    compile(source);
    return undefined;
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number };
    return { message: message ?? String(error), position: position ?? 0 };
  }
}

/**
 * Evaluates over `input` and nothing else: time is `now`, and what would differ from one evaluation to the next
 * (`$random`, `$shuffle`) or run text as code (`$eval`) is refused. Nothing found is null.
 * @throws StageError `transform-failed`, `transform-limit`, `transform-impure`, `transform-regex`
 */
export async function evaluateJsonata(source: string, input: Json, now: number): Promise<Json> {
  let result: unknown;
  try {
    const expression = compile(source);
    result = await expression.evaluate(structuredClone(input), await bindings(now));
    return result === undefined ? null : (JSON.parse(JSON.stringify(result)) as Json);
  } catch (error) {
    if (error instanceof StageError) throw error;
    const { code, message } = error as { code?: string; message?: string };
    if (code === "D2014" || code === "D2015") throw limit("items");
    throw new StageError("transform-failed", message ?? String(error), { details: { code: code ?? null } });
  }
}

/** Loaded when a transform first needs it: most processes never do. */
function compile(source: string): jsonataOf.Expression {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const jsonata = require("jsonata") as typeof jsonataOf;
  const expression = jsonata(source, {
    sequence: JSONATA_LIMITS.items,
    RegexEngine: LinearRegex as unknown as RegExpConstructor,
  });
  for (const name of ["random", "shuffle", "eval"]) {
    expression.registerFunction(name, () => {
      throw new StageError("transform-impure", `$${name} is not to be had: a replay would come to something else`);
    });
  }
  guard(expression);
  expression.registerFunction("pad", pad, "<s-ns?:s>");
  // Oldest out: a definition has a handful, and this only saves parsing.
  if (compiled.size >= COMPILED_LIMIT) compiled.delete(compiled.keys().next().value as string);
  compiled.set(source, expression);
  return expression;
}

/** Calls the library makes around every node. One compiled expression may be under evaluation many times at once. */
function guard(expression: jsonataOf.Expression): void {
  const assign = expression.assign as (name: string | symbol, value: unknown) => void;
  assign(Symbol.for("jsonata.__evaluate_entry"), (_node: unknown, _input: unknown, environment: GuardedEnvironment) => {
    const spent = environment.lookup(SPENT);
    if (spent === undefined) return undefined;
    environment.timestamp = spent.clock;
    if (++spent.steps > JSONATA_LIMITS.steps) throw limit("steps");
    if (++spent.depth > JSONATA_LIMITS.depth) throw limit("depth");
    return spent.steps % BREATH === 0 ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;
  });
  assign(
    Symbol.for("jsonata.__evaluate_exit"),
    (_node: unknown, _input: unknown, environment: GuardedEnvironment, result: unknown) => {
      const spent = environment.lookup(SPENT);
      if (spent !== undefined) spent.depth--;
      if (typeof result === "string" && result.length > JSONATA_LIMITS.text) throw limit("text");
    },
  );
}

/** What one evaluation sees beside its input. `$now` takes a picture and a zone, as the library's own does. */
async function bindings(now: number): Promise<Record<string, unknown>> {
  const format = compile("function($picture, $zone) { $fromMillis($now, $picture, $zone) }");
  const spent: Spent = { steps: 0, depth: 0, clock: new Date(now) };
  return { now: await format.evaluate(null, { now }), millis: () => now, [SPENT]: spent };
}

/** As the language's own, but no wider than a text may be. */
function pad(text: string | undefined, width: number, filler = " "): string | undefined {
  if (text === undefined) return undefined;
  if (Math.abs(width) > JSONATA_LIMITS.text) throw limit("text");
  return width < 0 ? text.padStart(-width, filler || " ") : text.padEnd(width, filler || " ");
}

function limit(name: keyof typeof JSONATA_LIMITS): StageError {
  return new StageError("transform-limit", `the expression needs more than ${JSONATA_LIMITS[name]} ${name}`);
}
