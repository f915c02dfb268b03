import type { JsonSchema } from "stagecraft/plugin";
import { currencyOf } from "./amounts.js";
import { asTimestamp, dates } from "./dates.js";
import { type Candidate, matches, nearestTo } from "./find.js";
import { evidenceFor, GENERIC, labelsOf } from "./lexicon.js";
import { cut, evidential, sentences, summary } from "./prose.js";
import type { Source } from "./source.js";
import type { Wanted } from "./wanted.js";
import { stem, tokens } from "./words.js";

// Every repetition has a limit: an input made to be slow must not hold a worker up.
export const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/g;
const URL_TEXT = /https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;]/g;
const PHONE = /(?<![\w.-])\+?\(?\d[\d ()/-]{6,20}\d(?![\w-])/g;
const ID =
  /(?<![\w.,-])(?=[\w/-]{0,60}\d)[A-Z][A-Z\d]{0,30}(?:[-_/][A-Z\d]{1,30}){0,6}(?![\w-])|(?<![\w.,€$£-])#?\d{3,30}(?![\w,.:-]{0,10}\d)|(?<![\w.,-])\d{2,8}(?:[-/][A-Z\d]{1,20}){1,4}(?![\w-])/g;
const NAME =
  /\p{Lu}[\p{L}\d&'’.-]{0,40}(?: {1,2}(?:(?:of|the|and|&|de|van|von|la|del) )?\p{Lu}[\p{L}\d&'’.-]{0,40}){0,6}/gu;
const COMPANY = /\b(?:GmbH|Ltd|Limited|Inc|LLC|AG|SA|SAS|BV|NV|Corp|Corporation|Co|PLC|KG|Oy|AB|SpA|Srl)\b/;
const TEXT_LIMIT = 400;

/** Text for a field, by what its format, pattern or name says it is. */
export function textField(want: Wanted, source: Source): string | undefined {
  const value = formatted(want, source) ?? named(want, source) ?? labelled(want, source) ?? composed(want, source);
  return value === undefined ? undefined : cut(value, maxLengthOf(want.schema, value.length));
}

function formatted(want: Wanted, source: Source): string | undefined {
  const { format, pattern } = want.schema;
  const is = (kind: string, name: RegExp) => format === kind || (format === undefined && name.test(want.name));
  if (is("date", /date$|^(?:due|deadline)$/i)) return pick(want, dates(source.text), source, true);
  if (is("date-time", /(?:At|Time|timestamp)$/)) {
    const date = pick(want, dates(source.text), source, true);
    return date === undefined ? undefined : asTimestamp(date);
  }
  if (is("email", /e-?mail/i)) return pick(want, matches(EMAIL, source.text), source, true);
  if (is("uri", /url$|link$|website/i)) return pick(want, matches(URL_TEXT, source.text), source, true);
  if (typeof pattern === "string")
    return pick(
      want,
      matches(loose(pattern), source.text).filter(({ value }) => value !== ""),
      source,
      true,
    );
  return undefined;
}

/** A pattern for a whole value, looked for inside a text. */
function loose(pattern: string): RegExp {
  const inner = pattern.replace(/^\^/, "").replace(/\$$/, "");
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${inner})(?![\\p{L}\\p{N}])`, "gu");
}

function named(want: Wanted, source: Source): string | undefined {
  const { name } = want;
  if (/currency/i.test(name)) return currencyOf(source.text);
  if (/phone|telephone|mobile|^tel$/i.test(name)) return pick(want, phones(source), source, true);
  if (/(?:id|number|no|reference|ref|code|key|iban)$/i.test(name) && !/account$/i.test(name))
    return identifier(want, source);
  if (/summary|abstract|overview|synopsis|gist/i.test(name)) return summary(source, limitOf(want.schema));
  if (/title|subject|headline/i.test(name)) return labelled(want, source) ?? cut(sentences(source)[0] ?? "", 80);
  if (/reason|rationale|explanation|finding|evidence|concern/i.test(name)) return reason(want, source);
  return undefined;
}

function phones(source: Source): Candidate<string>[] {
  const taken = dates(source.text);
  return matches(PHONE, source.text)
    .filter((one) => !taken.some((date) => one.start < date.end && date.start < one.end))
    .map((one) => ({ ...one, value: one.value.trim() }));
}

function identifier(want: Wanted, source: Source): string | undefined {
  const taken = dates(source.text);
  const ids = matches(ID, source.text)
    .filter((one) => /\d/.test(one.value) && !taken.some((date) => one.start < date.end && date.start < one.end))
    .map((one) => ({ ...one, value: one.value.replace(/^#/, "") }));
  return pick(
    want,
    ids,
    source,
    want.words.every((word) => GENERIC.has(word)),
  );
}

/** The date of an invoice, an order or a letter is the one it was issued on. */
const DATE_OF = [stem("date"), stem("issued")] as const;
const ISSUED = new Set(["invoice", "document", "letter", "creation", "created", "order"].map(stem));

/** The nearest candidate; with `alone`, also the only one there is. */
function pick(want: Wanted, found: readonly Candidate<string>[], source: Source, alone: boolean): string | undefined {
  const issue = want.words.includes(DATE_OF[0]) && want.words.some((word) => ISSUED.has(word));
  const words = [...want.words, ...want.above, ...(issue ? [DATE_OF[1]] : [])];
  const near = nearestTo(words, found, source) ?? nearestTo(want.hints, found, source);
  if (near !== undefined) return near.candidate.value;
  const different = new Set(found.map(({ value }) => value));
  return alone && different.size === 1 ? found[0]?.value : undefined;
}

/** `Vendor: Acme GmbH`, `from Acme GmbH`: a line's value, else a proper name near the field's words. */
function labelled(want: Wanted, source: Source): string | undefined {
  const specific = want.words.filter((word) => !GENERIC.has(word));
  const words = specific.length > 0 ? specific : want.words;
  for (const line of source.text.split("\n")) {
    const match = /^(?:[-*] )?(\p{L}[\p{L}\d ./_-]{0,40})[:=] {0,9}(\S.*)$/u.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const label = tokens(match[1]).map((token) => token.stem);
    if (label.length <= words.length + 2 && words.every((word) => label.some((one) => labelsOf(word).includes(one)))) {
      return match[2].trim();
    }
  }
  return properName(want, words, source);
}

const PEOPLE =
  /name|person|vendor|supplier|customer|client|company|requester|employee|contact|author|manager|approver|merchant|seller|buyer|sender|recipient/i;
const INTRODUCED = /\b(?:my name is|this is|i am|i'm) (\p{Lu}[\p{L}'’-]{1,40}(?: \p{Lu}[\p{L}'’-]{1,40}){0,2})/iu;
const SIGNED =
  /\b(?:regards|sincerely|thanks|thank you|cheers|best)[,.!]?[ \t]{0,5}\n\s{0,20}(\p{Lu}[\p{L}'’-]{1,40}(?: {1,2}\p{Lu}[\p{L}'’.-]{1,40}){0,2})[ \t]{0,5}(?:\n|$)/iu;

function properName(want: Wanted, words: readonly string[], source: Source): string | undefined {
  if (!PEOPLE.test(want.name)) return undefined;
  const names = matches(NAME, source.text)
    .map((one) => ({ ...one, value: one.value.replace(/(?<!Inc|Ltd|Co|Corp)[.'’-]+$/, "") }))
    .filter((one) => one.value.length > 2);
  const firm = /vendor|supplier|company|merchant|seller|contractor/i.test(want.name);
  const firms = names.filter((one) => COMPANY.test(one.value));
  if (firm && firms.length > 0) return nearestTo(words, firms, source)?.candidate.value ?? firms[0]?.value;
  const near = nearestTo([...words, stem("from")], names, source);
  if (near !== undefined && near.score > 0.4) return near.candidate.value;
  const person = SIGNED.exec(source.text)?.[1] ?? INTRODUCED.exec(source.text)?.[1];
  return firm ? undefined : person;
}

/** What speaks for the judgement, in the text's own sentences. */
function reason(want: Wanted, source: Source): string {
  const evidence = evidenceFor(`${want.path.join(" ")} risk`);
  const found = evidence === undefined ? [] : evidential(source, evidence, 2);
  return found.length > 0 ? cut(found.join(" "), limitOf(want.schema)) : summary(source, limitOf(want.schema), 1);
}

const COMPOSED =
  /description|note|comment|message|reply|answer|response|recommendation|justification|purpose|text|detail|decision|plan|next|analysis|assessment|report|observation|conclusion/i;

/** Free text is made of the input's own sentences: nothing is invented. */
function composed(want: Wanted, source: Source): string | undefined {
  return COMPOSED.test(want.name) && source.text !== "" ? summary(source, limitOf(want.schema)) : undefined;
}

function limitOf(schema: JsonSchema): number {
  return maxLengthOf(schema, TEXT_LIMIT);
}

function maxLengthOf(schema: JsonSchema, otherwise: number): number {
  return typeof schema["maxLength"] === "number" ? schema["maxLength"] : otherwise;
}
