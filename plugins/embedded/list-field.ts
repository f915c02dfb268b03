import { isObject, type Json, type JsonSchema } from "stagecraft/plugin";
import { amounts } from "./amounts.js";
import { rank } from "./choose.js";
import { dates } from "./dates.js";
import { matches } from "./find.js";
import { evidenceFor, labelsOf } from "./lexicon.js";
import { cut, evidential, sentences, topTerms } from "./prose.js";
import type { Example } from "./similar.js";
import { type Source, sourceOf } from "./source.js";
import { EMAIL } from "./text-field.js";
import { typesOf, type Wanted } from "./wanted.js";

const MAX_ITEMS = 20;
const LIST_LINE = /^\s*(?:[-*•]|\d+[.)])\s+(\S.*)$/;
/** `2 x Widget at 10.00`: a line of goods. */
const GOODS_LINE = /^\s*(?:[-*•]\s*)?\d+\s*(?:x|×|pcs|pieces?)\s+\S.*$/i;

/** Items for a list of plain values; undefined where nothing is known about such a list. */
export function plainList(
  want: Wanted,
  items: JsonSchema,
  source: Source,
  examples: readonly Example[],
): Json[] | undefined {
  const allowed = items["enum"];
  if (Array.isArray(allowed)) return rank({ ...want, schema: { ...items, ...want.schema } }, allowed, source, examples);
  const types = typesOf(items);
  if (types.includes("number") || types.includes("integer"))
    return amounts(source.text).map(({ value }) => value.number);
  return types.includes("string") ? texts(want, items, source) : undefined;
}

function texts(want: Wanted, items: JsonSchema, source: Source): string[] | undefined {
  const { name } = want;
  const maxLength = typeof items["maxLength"] === "number" ? items["maxLength"] : 300;
  if (items["format"] === "email" || /e-?mails?/i.test(name)) return distinct(matches(EMAIL, source.text));
  if (items["format"] === "date" || /dates$/i.test(name)) return distinct(dates(source.text));
  if (typeof items["pattern"] === "string") {
    const inner = items["pattern"].replace(/^\^/, "").replace(/\$$/, "");
    return distinct(matches(new RegExp(`(?<![\\p{L}\\p{N}])(?:${inner})(?![\\p{L}\\p{N}])`, "gu"), source.text));
  }
  const listed = linesUnder(want, source);
  if (listed.length > 0) return listed.slice(0, MAX_ITEMS).map((line) => cut(line, maxLength));
  if (/flags?$|issues?$|risks?$|finding|concern|reason|warning|problem|exception|evidence|blocker/i.test(name)) {
    const evidence = evidenceFor(name) ?? evidenceFor("risk");
    return evidence === undefined ? [] : evidential(source, evidence, MAX_ITEMS).map((one) => cut(one, maxLength));
  }
  if (/tags?$|keywords?$|topics?$|labels?$/i.test(name)) return topTerms(source, 5);
  if (/points?$|highlight|note|step|action|task|fact|detail|observation|sentence|statement/i.test(name)) {
    return sentences(source)
      .slice(0, 5)
      .map((one) => cut(one, maxLength));
  }
  return undefined;
}

/** Bulleted or numbered lines under a heading that names the list; with no such heading, none. */
function linesUnder(want: Wanted, source: Source): string[] {
  const found: string[] = [];
  let under = false;
  for (const line of source.text.split("\n")) {
    const item = LIST_LINE.exec(line)?.[1];
    if (item !== undefined) {
      if (under) found.push(item.trim());
    } else if (line.trim() !== "") {
      const heading = sourceOf(line).tokens.map((token) => token.stem);
      under = heading.length <= 6 && want.words.some((word) => heading.some((one) => labelsOf(word).includes(one)));
    }
  }
  return found;
}

/** One source an object of a list: objects of the input where it has such a list, else lines of goods in the text. */
export function itemSources(want: Wanted, source: Source): Source[] {
  const lists = source.fields.filter(({ value }) => Array.isArray(value) && (value as readonly Json[]).some(isObject));
  const list =
    lists.find(({ own }) => want.words.every((word) => own.includes(word))) ??
    (lists.length === 1 ? lists[0] : undefined);
  if (list !== undefined) return (list.value as readonly Json[]).slice(0, 1_000).map(sourceOf);
  const lines = source.text.split("\n").filter((line) => GOODS_LINE.test(line));
  return lines.map((line) => sourceOf(line.replace(/^\s*[-*•]\s*/, "")));
}

function distinct(found: readonly { readonly value: string }[]): string[] {
  return [...new Set(found.map(({ value }) => value))];
}
