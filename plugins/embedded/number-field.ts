import type { Json } from "stagecraft/plugin";
import { type Amount, amounts } from "./amounts.js";
import { evidenceShare } from "./choose.js";
import { dates } from "./dates.js";
import { type Candidate, nearestTo } from "./find.js";
import type { Source } from "./source.js";
import { typesOf, type Wanted } from "./wanted.js";
import { stem } from "./words.js";

const MONEY = new Set(
  "amount total price cost sum budget fee tax net gross balance subtotal payment salary value spend invoice"
    .split(" ")
    .map(stem),
);
const COUNT = new Set(
  "count quantity qty number units days hours weeks months people guests seats items users".split(" ").map(stem),
);
const SCORE = /score|rating|probability|likelihood|sentiment|urgency|severity|quality|completeness/i;
const SURE = 0.25;

/** A number for a field: measured evidence for scores, else the amount that stands nearest to the field's words. */
export function numberField(want: Wanted, source: Source): number | undefined {
  if (isScore(want)) {
    const share = evidenceShare(want, source);
    if (share !== undefined) return scaled(share, want);
  }
  return fromText(want, source);
}

function isScore(want: Wanted): boolean {
  const { minimum, maximum } = want.schema;
  if (SCORE.test(want.name)) return true;
  const share =
    (minimum === 0 && maximum === 1) || (minimum === 0 && maximum === 100) || (minimum === 1 && maximum === 5);
  return share && evidenceShare(want, { ...EMPTY }) !== undefined;
}

const EMPTY: Source = { value: null, fields: [], text: "", tokens: [], prose: [] };

function fromText(want: Wanted, source: Source): number | undefined {
  const count = want.words.some((word) => COUNT.has(word));
  const money = !count && want.words.some((word) => MONEY.has(word));
  const percent = /percent|rate|share|ratio/i.test(want.name);
  const all = plainAmounts(source);
  const suited = all.filter(({ value }) => value.percent === percent && !(count && value.currency !== undefined));
  // An amount with a currency is money; a bare number is taken for money only where there is no better.
  const withCurrency = suited.filter(({ value }) => value.currency !== undefined);
  const candidates = money && withCurrency.length > 0 ? withCurrency : suited;
  const near = nearestTo(want.words, candidates, source) ?? nearestTo(want.hints, candidates, source);
  if (near !== undefined && near.score >= SURE) return near.candidate.value.number;
  if (percent || !money) return percent ? suited[0]?.value.number : undefined;
  const generic = want.words.every((word) => MONEY.has(word));
  return generic || withCurrency.length === 1 ? largest(withCurrency) : undefined;
}

function plainAmounts(source: Source): Candidate<Amount>[] {
  const taken = dates(source.text);
  return amounts(source.text).filter(
    (amount) => !taken.some((date) => amount.start < date.end && date.start < amount.end),
  );
}

function largest(candidates: readonly Candidate<Amount>[]): number | undefined {
  if (candidates.length === 0) return undefined;
  return Math.max(...candidates.map(({ value }) => value.number));
}

/** `itemCount` is the length of the list `items`, where the input has one. */
export function listLength(want: Wanted, source: Source): number | undefined {
  const words = want.words.filter((word) => !COUNT.has(word) || word === stem("items") || word === stem("users"));
  if (words.length === want.words.length && !COUNT.has(want.words[0] ?? "")) return undefined;
  const lists = source.fields.filter((field) => Array.isArray(field.value));
  const list = lists.find((field) => words.every((word) => field.own.includes(word)));
  return list === undefined ? undefined : (list.value as readonly Json[]).length;
}

function scaled(share: number, want: Wanted): number {
  const { minimum, maximum } = want.schema;
  const low = typeof minimum === "number" ? minimum : 0;
  const high = typeof maximum === "number" ? maximum : typesOf(want.schema).includes("integer") ? 100 : 1;
  return rounded(low + share * (high - low), want);
}

function rounded(number: number, want: Wanted): number {
  return typesOf(want.schema).includes("integer") ? Math.round(number) : Math.round(number * 100) / 100;
}
