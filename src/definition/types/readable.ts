import type { JsonObject } from "../../core/json.js";
import { entriesOf, isStageId, type Model, readableId } from "../model.js";

const readers = new WeakMap<Model, (source: string) => string>();

/** How expressions of a definition are read: as written, but for stages, inputs and fields of state with names that are none. */
export function readableIn(model: Model): (source: string) => string {
  const known = readers.get(model) ?? makeReader(model);
  readers.set(model, known);
  return known;
}

function makeReader({ stages, raw }: Model): (source: string) => string {
  const misnamed = [
    ...stages.filter(({ id }) => !isStageId(id)).map(({ id }) => ["stages", id] as const),
    ...namesOf(raw, "inputs"),
    ...namesOf(raw, "state"),
  ].filter(([, name]) => readableId(name) !== name);
  if (misnamed.length === 0) return (source) => source;
  // The longest first: `fetch-data-again` is none of `fetch-data`.
  misnamed.sort(([, a], [, b]) => b.length - a.length);
  const forms = misnamed.flatMap(([root, name]) =>
    [`${root}.`, `${root}.?`].map((start) => [start + name, start + readableId(name)] as const),
  );
  return (source) => forms.reduce((text, [written, read]) => text.replaceAll(written, read), source);
}

function namesOf(raw: JsonObject, root: "inputs" | "state"): (readonly [string, string])[] {
  return entriesOf(raw[root]).map(([name]) => [root, name] as const);
}
