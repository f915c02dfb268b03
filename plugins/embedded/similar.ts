import { isObject, type Json } from "stagecraft/plugin";
import { type Source, sourceOf } from "./source.js";
import { contentStems } from "./words.js";

/** One of the agent's examples, made ready to be compared. */
export interface Example {
  readonly source: Source;
  readonly output: Json;
}

export function examplesOf(examples: readonly { readonly input: Json; readonly output: Json }[]): Example[] {
  return examples.map(({ input, output }) => ({ source: sourceOf(input), output }));
}

/** How alike two inputs are, 0 to 1: words in common, and numbers of one name by their order of magnitude. */
export function likeness(a: Source, b: Source): number {
  const words = overlap(contentStems(a.text), contentStems(b.text));
  const numbers = a.fields.flatMap((field) => {
    if (typeof field.value !== "number") return [];
    const other = b.fields.find((one) => one.path.join(".") === field.path.join("."))?.value;
    return typeof other === "number" ? [closeness(field.value, other)] : [];
  });
  if (numbers.length === 0) return words;
  return (words + numbers.reduce((sum, one) => sum + one, 0) / numbers.length) / 2;
}

function overlap(a: readonly string[], b: readonly string[]): number {
  const left = new Set(a);
  const right = new Set(b);
  let common = 0;
  for (const word of left) if (right.has(word)) common += 1;
  return common === 0 ? 0 : common / Math.sqrt(left.size * right.size);
}

function closeness(a: number, b: number): number {
  const magnitude = (n: number) => Math.sign(n) * Math.log10(1 + Math.abs(n));
  return Math.max(0, 1 - Math.abs(magnitude(a) - magnitude(b)));
}

/** The value an example's output has at a path. */
export function valueAt(output: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = output;
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
