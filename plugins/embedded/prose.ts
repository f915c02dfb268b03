import type { Evidence } from "./lexicon.js";
import type { Source } from "./source.js";
import { contentStems, findPhrase, isNegated, tokens } from "./words.js";

/** Sentences of the running text, else the lines. Headings, greetings and bare labels are left out. */
export function sentences(source: Source): string[] {
  const from = source.prose.length > 0 ? source.prose.join("\n") : source.text;
  return from
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\p{N}"'(])|\n+/u)
    .map((sentence) => sentence.replace(/^\s*(?:[-*•]|\d{1,3}[.)])\s+/, "").trim())
    .filter((sentence) => sentence.length > 2 && !GREETING.test(sentence));
}

const GREETING =
  /^(?:dear|hi|hello|hey|regards|best|kind regards|best regards|sincerely|thanks|thank you|cheers|good (?:morning|afternoon|day))\b[^.!?]{0,40}[,.!]?$/i;

/** The sentences that say most, in the order they stand, within `maxLength` characters. */
export function summary(source: Source, maxLength: number, count = 2): string {
  const all = sentences(source);
  const weights = new Map<string, number>();
  for (const one of all) for (const word of new Set(contentStems(one))) weights.set(word, (weights.get(word) ?? 0) + 1);
  const scored = all.map((sentence, index) => {
    const words = contentStems(sentence);
    const weight = words.reduce((sum, word) => sum + (weights.get(word) ?? 0), 0) / Math.sqrt(words.length || 1);
    // What people write first is usually what it is about.
    return { sentence, index, score: weight * (index === 0 ? 1.6 : 1) };
  });
  const best = scored.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, count);
  best.sort((a, b) => a.index - b.index);
  return cut(best.map(({ sentence }) => sentence).join(" "), maxLength);
}

/** Sentences with words that speak for something, most such words first. */
export function evidential(source: Source, evidence: Evidence, limit: number): string[] {
  return sentences(source)
    .map((sentence, index) => ({
      sentence,
      index,
      score: evidenceIn({ text: sentence, tokens: tokens(sentence) }, evidence.for),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
    .map(({ sentence }) => sentence);
}

/** How many of the phrases a text has, each once. A denied one does not count. */
export function evidenceIn(
  { text, tokens: list }: Pick<Source, "text" | "tokens">,
  phrases: readonly string[],
): number {
  let count = 0;
  for (const phrase of phrases) {
    const denial = /^(?:no|not|without|cannot) /.test(phrase);
    if (findPhrase(list, phrase).some((at) => denial || !isNegated(list, at, text))) count += 1;
  }
  return count;
}

/** Shortened at a word's end. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const room = text.slice(0, Math.max(0, maxLength - 1));
  const end = room.lastIndexOf(" ");
  return `${end > maxLength / 2 ? room.slice(0, end) : room}…`.slice(0, maxLength);
}

/** The words that come up most, for tags and topics. */
export function topTerms(source: Source, limit: number): string[] {
  const counts = new Map<string, { count: number; word: string }>();
  for (const match of source.text.toLowerCase().matchAll(/\p{L}{4,}/gu)) {
    const [key] = contentStems(match[0]);
    if (key === undefined) continue;
    const entry = counts.get(key) ?? { count: 0, word: match[0] };
    counts.set(key, { count: entry.count + 1, word: entry.word });
  }
  const ranked = [...counts.values()].sort((a, b) => b.count - a.count || a.word.localeCompare(b.word, "en"));
  return ranked.slice(0, limit).map(({ word }) => word);
}
