/** Characters of an answer that live views are told: more than they show, so that no masked word is cut in what is seen. */
const MOST = 2_000;

/**
 * The end of an answer so far, from its end before and the next piece. Whole words are told again with each piece:
 * a secret must not slip through in two. Never cut from the whole answer: each cut would keep a copy of it in memory.
 */
export function endOfText(before: string, piece: string): string {
  return (before + piece).slice(-MOST);
}
