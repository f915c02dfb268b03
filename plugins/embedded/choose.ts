import type { Json } from "stagecraft/plugin";
import { currencyOf } from "./amounts.js";
import { type Evidence, evidenceFor, topicPhrases } from "./lexicon.js";
import { evidenceIn } from "./prose.js";
import { type Example, likeness, valueAt } from "./similar.js";
import type { Source } from "./source.js";
import { keywordList, keywordsOf, type Wanted } from "./wanted.js";
import { findPhrase, isNegated, nameStems } from "./words.js";

/** Levels people order things in, lowest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["low", "minor", "minimal", "small", "none", "p4", "p3", "trivial", "negligible", "negative", "poor", "bad"],
  ["medium", "moderate", "normal", "p2", "average", "neutral", "mixed", "fair"],
  ["high", "major", "elevated", "p1", "large", "positive", "good"],
  ["critical", "severe", "urgent", "extreme", "p0", "blocker", "emergency", "excellent"],
];
const NEITHER = /^(?:other|unknown|none|general|misc(?:ellaneous)?|undetermined|not[ _-]?applicable|n\/?a)$/i;

/** Values of an enum with what speaks for each, most first; only those something speaks for. */
export function rank(want: Wanted, values: readonly Json[], source: Source, examples: readonly Example[]): Json[] {
  const scored = values.map((value, index) => ({ value, index, score: scoreOf(want, value, source, examples) }));
  const kept = scored.filter(({ score }) => score > 0);
  return kept.sort((a, b) => b.score - a.score || a.index - b.index).map(({ value }) => value);
}

/** One value of an enum, or undefined when nothing speaks for any. */
export function choose(
  want: Wanted,
  values: readonly Json[],
  source: Source,
  examples: readonly Example[],
): Json | undefined {
  const currency = /currency/i.test(want.name) ? currencyOf(source.text) : undefined;
  if (currency !== undefined && values.includes(currency)) return currency;
  const level = values.length > 1 ? levelOf(want, values, source, examples) : undefined;
  return level ?? rank(want, values, source, examples)[0];
}

/** What stands for "none of these", where the enum has such a value. */
export function neither(values: readonly Json[]): Json | undefined {
  return values.find((value) => typeof value === "string" && NEITHER.test(value));
}

function scoreOf(want: Wanted, value: Json, source: Source, examples: readonly Example[]): number {
  const words = nameStems(String(value));
  const list = source.tokens;
  const named = findPhrase(list, words.join(" ")).filter((at) => !isNegated(list, at, source.text)).length;
  const topics = evidenceIn(source, topicPhrases([String(value).toLowerCase(), ...words].map(String)));
  const keywords = evidenceIn(source, keywordsOf(want.schema, value));
  return 1.5 * Math.min(named, 2) + topics + 2 * keywords + 3 * fromExamples(want, value, source, examples);
}

/** The likeness of the most alike example that has this value. */
function fromExamples(want: Wanted, value: Json, source: Source, examples: readonly Example[]): number {
  let best = 0;
  for (const example of examples) {
    if (valueAt(example.output, want.path) === value) best = Math.max(best, likeness(source, example.source));
  }
  return best;
}

/** An enum of levels (`low medium high`) is read from counted evidence, unless keywords or examples decide it. */
function levelOf(
  want: Wanted,
  values: readonly Json[],
  source: Source,
  examples: readonly Example[],
): Json | undefined {
  const ranks = values.map((value) => LEVELS.findIndex((names) => names.includes(String(value).toLowerCase())));
  const levelled = ranks.filter((level) => level >= 0).length;
  if (levelled < 2 || levelled < values.length - 1) return undefined;
  const told = values.some((value) => keywordsOf(want.schema, value).length > 0) || examples.length > 0;
  if (told && rank(want, values, source, examples).length > 0) return undefined;
  const named = namedLevel(want, values, source);
  if (named !== undefined) return named;
  const share = evidenceShare(want, source) ?? 0.5;
  const ordered = values.map((value, index) => ({ value, level: ranks[index]! })).filter(({ level }) => level >= 0);
  ordered.sort((a, b) => a.level - b.level);
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))]?.value;
}

/** `Priority: high` or `high priority` says it outright. */
function namedLevel(want: Wanted, values: readonly Json[], source: Source): Json | undefined {
  const list = source.tokens;
  return values.find((value) =>
    nameStems(String(value)).some((word) =>
      list.some(
        (token, at) =>
          token.stem === word &&
          !isNegated(list, at, source.text) &&
          [list[at - 1], list[at + 1]].some((near) => near && want.words.includes(near.stem)),
      ),
    ),
  );
}

/** 0 to 1: how far the evidence speaks for what the field measures. Undefined where nobody knows what that is. */
export function evidenceShare(want: Wanted, source: Source): number | undefined {
  const known = evidenceFor(`${want.name} ${String(want.schema["description"] ?? "")}`);
  const keywords = keywordList(want.schema);
  if (known === undefined && keywords.length === 0) return undefined;
  const evidence: Evidence = {
    for: [...new Set([...(known?.for ?? []), ...keywords])],
    against: known?.against ?? [],
  };
  const pro = evidenceIn(source, evidence.for);
  const contra = evidenceIn(source, evidence.against);
  // Measured from the middle of the scale where good and bad are opposites, from its low end for a danger.
  const opposite = /sentiment|satisf|mood|tone|qualit|complet/i.test(want.name);
  return opposite ? (pro + 1) / (pro + contra + 2) : (pro + 0.2) / (pro + contra + 1.2);
}

/** True, false, or undefined when nothing in the text is about it. */
export function judge(want: Wanted, source: Source, examples: readonly Example[]): boolean | undefined {
  const keywords = keywordList(want.schema);
  if (keywords.length > 0) return evidenceIn(source, keywords) > 0;
  const words = want.words.filter((word) => !AUXILIARY.has(word));
  const list = source.tokens;
  const places = findPhrase(list, words.join(" "));
  if (places.length > 0) return places.some((at) => !isNegated(list, at, source.text));
  const topics = topicPhrases(words);
  if (topics.length > 0 && evidenceIn(source, topics) > 0) return true;
  if (examples.length > 0) {
    const [yes, no] = [true, false].map((value) => fromExamples(want, value, source, examples)) as [number, number];
    if (yes !== no) return yes > no;
  }
  const together = sentencesWithAll(words, source);
  return words.length > 1 && together !== undefined ? together : undefined;
}

const AUXILIARY = new Set(
  nameStems("is has have needs need requires required should was can does contains wants flag"),
);

/** All words in one sentence, in any order: true unless one of them is denied. */
function sentencesWithAll(words: readonly string[], source: Source): boolean | undefined {
  const list = source.tokens;
  for (const [at, token] of list.entries()) {
    if (token.stem !== words[0]) continue;
    const window = list.slice(Math.max(0, at - 8), at + 9);
    if (!words.every((word) => window.some((one) => one.stem === word))) continue;
    return !window.some((one, index) => words.includes(one.stem) && isNegated(window, index, source.text));
  }
  return undefined;
}
