/** Characters of an answer that live views are told: more than they show, so that no masked word is cut in what is seen. */
const MOST = 2_000;

/** The end of an answer so far. Whole words are told again with each piece: a secret must not slip through in two. */
export function endOfText(text: string): string {
  return text.slice(-MOST);
}
