import { GENERIC, labelsOf } from "./lexicon.js";
import type { Source } from "./source.js";
import { tokenAt } from "./words.js";

/** A value seen in the text. */
export interface Candidate<T> {
  readonly value: T;
  readonly start: number;
  readonly end: number;
}

const REACH_BEFORE = 9;
const REACH_AFTER = 4;
/** Of the candidates, the first so many: their number counts twice in the cost. */
const MAX_CANDIDATES = 1_000;

/**
 * The candidate that stands nearest to the words of a name, with how sure that is (0: no word near).
 * Words count more the closer they are, before a value more than after it, and specific ones more than generic ones.
 */
export function nearestTo<T>(
  words: readonly string[],
  found: readonly Candidate<T>[],
  source: Source,
): { readonly candidate: Candidate<T>; readonly score: number } | undefined {
  const candidates = found.slice(0, MAX_CANDIDATES);
  let best: { candidate: Candidate<T>; score: number } | undefined;
  for (const candidate of candidates) {
    const score = words.reduce((sum, word) => sum + nearness(word, candidate, candidates, source), 0);
    if (score > (best?.score ?? 0)) best = { candidate, score };
  }
  return best;
}

/** A full stop after one of these ends no sentence. */
const SENTENCE_END = /(?<!\b(?:no|nr|num|ref|inc|ltd|co|dr|mr|mrs|ms|approx|st))[.!?]\s/i;

type Others<T> = readonly Candidate<T>[];

function nearness<T>(word: string, candidate: Candidate<T>, others: Others<T>, source: Source): number {
  const weight = GENERIC.has(word) ? 0.4 : 1;
  const labels = labelsOf(word);
  return weight * Math.max(before(labels, candidate, others, source), after(labels, candidate, others, source));
}

/** `Total due: 500`: how near a label stands in front, on the same line and in the same sentence. */
function before<T>(labels: readonly string[], candidate: Candidate<T>, others: Others<T>, source: Source): number {
  const { tokens, text } = source;
  const first = tokenAt(tokens, candidate.start);
  let best = 0;
  for (let back = 1; back <= REACH_BEFORE && first - back >= 0; back += 1) {
    const token = tokens[first - back]!;
    const between = text.slice(token.end, candidate.start);
    if (between.includes("\n") || SENTENCE_END.test(text.slice(Math.max(0, token.start - 1), candidate.start))) break;
    const rank = labels.indexOf(token.stem);
    if (rank < 0) continue;
    const crossed = others.some((other) => other.start >= token.end && other.end <= candidate.start);
    best = Math.max(best, ((rank === 0 ? 1 : 0.7) * (crossed ? 0.3 : 1)) / (1 + (back - 1) / 4));
  }
  return best;
}

/** `500 in total`: a label behind counts less. */
function after<T>(labels: readonly string[], candidate: Candidate<T>, others: Others<T>, source: Source): number {
  const { tokens, text } = source;
  const first = tokenAt(tokens, candidate.end);
  let best = 0;
  for (let ahead = 0; ahead < REACH_AFTER; ahead += 1) {
    const token = tokens[first + ahead];
    if (token === undefined || /[\n.!?]/.test(text.slice(candidate.end, token.start))) break;
    const rank = labels.indexOf(token.stem);
    if (rank < 0) continue;
    const crossed = others.some((other) => other.start >= candidate.end && other.end <= token.start);
    best = Math.max(best, ((rank === 0 ? 0.8 : 0.5) * (crossed ? 0.2 : 1)) / (1 + ahead / 2));
  }
  return best;
}

/** Every match of a pattern in the text. */
export function matches(pattern: RegExp, text: string): Candidate<string>[] {
  return [...text.matchAll(pattern)].map((match) => ({
    value: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}
