import type { Candidate } from "./find.js";

export interface Amount {
  readonly number: number;
  readonly currency: string | undefined;
  readonly percent: boolean;
}

const SYMBOLS: Readonly<Record<string, string>> = { "€": "EUR", $: "USD", "£": "GBP", "¥": "JPY" };
const CODES = "EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|CAD|AUD|CNY|INR|BRL|ZAR|HUF|RON|TRY|SGD|HKD|MXN|NZD";
const WORDS: Readonly<Record<string, string>> = { euro: "EUR", dollar: "USD", pound: "GBP", franc: "CHF", yen: "JPY" };
const AMOUNT = new RegExp(
  `(?<![\\w.,/-])(?:(${CODES})\\s?|([€$£¥])\\s?)?(-?\\d{1,3}(?:[,.'\\u00a0 ]\\d{3}){1,6}(?:[.,]\\d{1,2})?|-?\\d{1,15}(?:[.,]\\d{1,9})?)([kKM](?![\\w])|\\s(?:million|thousand)\\b)?(?!\\w{0,20}\\d|[-/:]\\d|[\\p{L}_])(?:\\s?(%|percent)|\\s?(${CODES})\\b|\\s?([€$£¥])|\\s(euro|dollar|pound|franc|yen)s?\\b)?`,
  "gu",
);

/** Numbers in a text with their currency; parts of dates, ids and phone numbers are none. */
export function amounts(text: string): Candidate<Amount>[] {
  const found: Candidate<Amount>[] = [];
  for (const match of text.matchAll(AMOUNT)) {
    const [whole, before, symbol, digits = "", scale, percent, after, symbolAfter, word] = match;
    const number = parseNumber(digits) * factor(scale);
    const sign = symbol ?? symbolAfter;
    const currency = before ?? after ?? (sign ? SYMBOLS[sign] : undefined) ?? (word ? WORDS[word] : undefined);
    found.push({
      value: { number, currency, percent: percent !== undefined },
      start: match.index,
      end: match.index + whole.length,
    });
  }
  return found;
}

/** `12,400.50`, `12.400,50`, `12 400` and `0.5` as numbers. A lone separator before three digits parts thousands. */
export function parseNumber(digits: string): number {
  const plain = digits.replace(/['\u00a0 ]/g, "");
  const last = Math.max(plain.lastIndexOf(","), plain.lastIndexOf("."));
  if (last < 0) return Number(plain);
  const separators = plain.replace(/[^.,]/g, "");
  const mixed = separators.includes(",") && separators.includes(".");
  const decimals = plain.length - last - 1;
  const thousands = !mixed && decimals === 3 && !/^-?0[.,]/.test(plain);
  if (thousands || (!mixed && separators.length > 1)) return Number(plain.replace(/[.,]/g, ""));
  return Number(`${plain.slice(0, last).replace(/[.,]/g, "")}.${plain.slice(last + 1)}`);
}

function factor(scale: string | undefined): number {
  const word = scale?.trim().toLowerCase();
  if (word === "k" || word === "thousand") return 1_000;
  return word === "m" || word === "million" ? 1_000_000 : 1;
}

/** The currency a text speaks of most, as an ISO code. */
export function currencyOf(text: string): string | undefined {
  const counts = new Map<string, number>();
  const count = (code: string) => counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const { value } of amounts(text)) if (value.currency !== undefined) count(value.currency);
  for (const [code] of text.matchAll(new RegExp(`\\b(?:${CODES})\\b`, "g"))) count(code);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
