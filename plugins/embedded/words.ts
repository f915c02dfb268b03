/** A word of a text with its place; `stem` is what comparisons use. */
export interface Token {
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;
const STOP = new Set(
  "a an and are as at be been but by can could do does for from had has have he her his how i if in into is it its me my of on or our out she should so that the their them then there these they this to was we were what when where which while who will with would you your am please".split(
    " ",
  ),
);

/** Words of a text in order. */
export function tokens(text: string): Token[] {
  return [...text.matchAll(WORD)].map((match) => ({
    stem: stem(match[0].toLowerCase()),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The stems of a text that carry meaning. */
export function contentStems(text: string): string[] {
  return [...text.toLowerCase().matchAll(WORD)].filter(([word]) => !STOP.has(word)).map(([word]) => stem(word));
}

/** `invoiceNumber`, `invoice_number` and `Invoice number` are the stems of invoice and number. */
export function nameStems(name: string): string[] {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/[_\-./]+/g, " ");
  return [...spaced.toLowerCase().matchAll(WORD)].map(([word]) => stem(word));
}

/** A light English stem: endings that change with number and tense are taken off, both sides alike. */
export function stem(word: string): string {
  let text = word.replace(/['’](s|t|re|ve|ll|d|m)$/, "");
  if (text.length > 4 && text.endsWith("ies")) text = `${text.slice(0, -3)}y`;
  else if (text.length > 3 && /[^siu]s$/.test(text)) text = text.slice(0, -1);
  if (text.length > 5 && text.endsWith("ing")) text = undouble(text.slice(0, -3));
  else if (text.length > 4 && text.endsWith("ed")) text = undouble(text.slice(0, -2));
  else if (text.length > 5 && text.endsWith("ly")) text = text.slice(0, -2);
  if (text.length > 3 && text.endsWith("e")) text = text.slice(0, -1);
  return text;
}

function undouble(text: string): string {
  return /([bdgmnprt])\1$/.test(text) ? text.slice(0, -1) : text;
}

const NEGATIONS = new Set("not no never without none neither nor cannot lack lacking".split(" ").map(stem));
const REACH = 3;

/** The word at `index` is denied by one of the words just before it. */
export function isNegated(list: readonly Token[], index: number, text: string): boolean {
  for (let back = 1; back <= REACH && index - back >= 0; back += 1) {
    const token = list[index - back] as Token;
    // A denial does not reach over the end of a sentence or a clause.
    if (/[.!?;:\n]/.test(text.slice(token.end, (list[index] as Token).start))) return false;
    if (NEGATIONS.has(token.stem) || /n['’]t$/i.test(text.slice(token.start, token.end))) return true;
  }
  return false;
}

/** Index of the first token that ends after a place; the count of tokens when none does. */
export function tokenAt(list: readonly Token[], place: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Token).end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where a phrase (one word or several) stands in a text, by stems; the index of its first token. */
export function findPhrase(list: readonly Token[], phrase: string): number[] {
  const wanted = tokens(phrase).map((token) => token.stem);
  const found: number[] = [];
  if (wanted.length === 0) return found;
  for (let at = 0; at + wanted.length <= list.length; at += 1) {
    if (wanted.every((one, offset) => list[at + offset]?.stem === one)) found.push(at);
  }
  return found;
}
