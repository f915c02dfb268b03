import type { Candidate } from "./find.js";

const MONTHS = "january february march april may june july august september october november december".split(" ");
const MONTH = `(?:${MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join("|")}|sept)\\.?`;
const FORMS: readonly [RegExp, (match: RegExpMatchArray) => string | undefined][] = [
  [
    /\b(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g,
    ([, y, m, d]) => iso(y, m, d),
  ],
  [/\b(\d{4})\/(\d{1,2})\/(\d{1,2})\b/g, ([, y, m, d]) => iso(y, m, d)],
  // Day first where there are dots, as in most of Europe.
  [/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, ([, d, m, y]) => iso(y, m, d)],
  // Month first with slashes, unless the first number can be no month.
  [/\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g, ([, a, b, y]) => (Number(a) > 12 ? iso(y, b, a) : iso(y, a, b))],
  [
    new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH}),? (\\d{4})\\b`, "gi"),
    ([, d, month, y]) => iso(y, monthOf(month), d),
  ],
  [
    new RegExp(`\\b(${MONTH}) (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b`, "gi"),
    ([, month, d, y]) => iso(y, monthOf(month), d),
  ],
];

/** Calendar dates in a text as `YYYY-MM-DD`, in order of place. */
export function dates(text: string): Candidate<string>[] {
  const found: Candidate<string>[] = [];
  for (const [pattern, read] of FORMS) {
    for (const match of text.matchAll(pattern)) {
      const value = read(match);
      if (value !== undefined) found.push({ value, start: match.index, end: match.index + match[0].length });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** A date of any of the known forms, or a whole timestamp as it stands. */
export function asTimestamp(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  const date = dates(text)[0]?.value;
  return date === undefined ? undefined : `${date}T00:00:00Z`;
}

function monthOf(name: string | undefined): string {
  const index = MONTHS.findIndex((month) => month.startsWith((name ?? "").toLowerCase().slice(0, 3)));
  return String(index + 1);
}

function iso(year: string | undefined, month: string | undefined, day: string | undefined): string | undefined {
  const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  // 31 February is a text, not a date.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}
