/** What moves a cursor or rings a bell: a model may say anything. */
const CONTROL = /[\s\p{Cc}\p{Cf}]+/gu;

/** The end of a text on one line, at most so many characters: `…the cheapest is`. */
export function tailOf(text: string, most: number): string {
  const characters = [...text.replace(CONTROL, " ").trim()];
  return characters.length <= most ? characters.join("") : `…${characters.slice(1 - most).join("")}`;
}
