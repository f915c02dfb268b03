import type { Json } from "stagecraft/plugin";
import { type Cell, CellError, type Operand, type Ordering } from "./cell.js";

/** Reads a cell as YAML gives it: text is the cell language, a list is `or`. @throws CellError */
export function readCell(json: Json): Cell<Operand> {
  if (typeof json === "string") return parseCellText(json);
  if (json === null || typeof json === "boolean" || typeof json === "number") {
    return { type: "equal", to: { form: "json", value: json } };
  }
  if (!Array.isArray(json)) {
    throw new CellError("a cell is a value, text or a list of them, not an object");
  }
  if (json.length === 0) throw new CellError("an empty list matches nothing", "write `any` to match everything");
  return { type: "oneOf", cells: json.map(readCell) };
}

/**
 * The language of a cell's text:
 *
 *     any · null · text · 'text' · = text · != x · < x · <= x · > x · >= x
 *     [a..b] · (a..b] · [a..b) · (a..b) · not(…) · one, another
 *
 * Text that begins like one of these *is* one; quotes, or `=` and the rest of the cell as it stands, make it literal.
 */
function parseCellText(text: string): Cell<Operand> {
  const trimmed = text.trim();
  if (trimmed.includes("${{")) {
    throw new CellError("an input cell holds no expression", "compare in `when:`, a condition for the whole row");
  }
  if (trimmed === "") throw new CellError("the cell is empty", "write `any` to match everything, `''` for empty text");
  if (trimmed === "-" || trimmed === "*") throw new CellError(`"${trimmed}" says nothing here`, "write `any`");
  if (/^=(?!=)/.test(trimmed)) return { type: "equal", to: { form: "plain", text: trimmed.slice(1).trim() } };
  const reader = new Reader(trimmed);
  const cell = reader.alternatives();
  if (!reader.atEnd()) throw new CellError(`unexpected "${reader.rest()}"`, QUOTE_HELP);
  return cell;
}

const QUOTE_HELP = "quote the text to take it as it stands: \"'text'\"";
const WORD = /^(?:any|null|not\s*\(.*)$/i;
const ORDERINGS: readonly Ordering[] = ["<=", ">=", "<", ">"];

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at >= this.text.length;
  }

  rest(): string {
    return this.text.slice(this.#at);
  }

  alternatives(closing = ""): Cell<Operand> {
    const cells = [this.#one(closing)];
    while (this.#take(",")) {
      if (/\d,\d/.test(this.text.slice(this.#at - 2, this.#at + 1))) {
        throw new CellError(
          `"${this.text}" may be one number or two`,
          "a decimal point is `.`; put a space after a comma",
        );
      }
      cells.push(this.#one(closing));
    }
    return cells.length === 1 ? (cells[0] as Cell<Operand>) : { type: "oneOf", cells };
  }

  #one(closing: string): Cell<Operand> {
    this.#skipSpace();
    const negation = /^not\s*\(/.exec(this.rest());
    if (negation) {
      this.#at += negation[0].length;
      const cell = this.alternatives(")");
      if (!this.#take(")")) throw new CellError("`not(` has no closing `)`");
      return { type: "not", cell };
    }
    if (this.#take("!=")) return { type: "not", cell: { type: "equal", to: this.#operand(closing) } };
    if (this.#take("==")) throw new CellError("`==` is written `=` in a cell");
    if (this.#take("=")) return { type: "equal", to: this.#operand(closing) };
    if (this.text[this.#at] === "!") throw new CellError("`!` alone says nothing", "write `!= x` or `not(…)`");
    for (const by of ORDERINGS) if (this.#take(by)) return { type: "order", by, than: this.#operand(closing) };
    if (this.#take("[")) return this.#range(false);
    if (this.#take("(")) return this.#range(true);
    const operand = this.#operand(closing);
    if (operand.form !== "plain" || !WORD.test(operand.text)) return { type: "equal", to: operand };
    if (operand.text === "any") return { type: "any" };
    throw new CellError(
      `"${operand.text}" is a word of the cells only in lower case`,
      `or quote it: '${operand.text}'`,
    );
  }

  #range(openFrom: boolean): Cell<Operand> {
    const from = this.#operand("..");
    if (!this.#take("..")) throw new CellError("a range is [a..b], with two dots", QUOTE_HELP);
    const to = this.#operand("])");
    if (this.#take("]")) return { type: "range", from, to, openFrom, openTo: false };
    if (this.#take(")")) return { type: "range", from, to, openFrom, openTo: true };
    throw new CellError("the range has no closing `]` or `)`");
  }

  /** Up to a comma or what closes the surroundings: `..`, or one of the characters given. */
  #operand(closing: string): Operand {
    this.#skipSpace();
    const quote = this.text[this.#at];
    if (quote === "'" || quote === '"') return { form: "quoted", text: this.#quoted(quote) };
    const start = this.#at;
    while (this.#at < this.text.length && !this.#closes(closing)) this.#at++;
    const text = this.text.slice(start, this.#at).trim();
    if (text === "") throw new CellError("a value is missing", QUOTE_HELP);
    if (text === "null") return { form: "json", value: null };
    return { form: "plain", text };
  }

  #closes(closing: string): boolean {
    const char = this.text[this.#at] as string;
    if (closing === "..") return this.text.startsWith("..", this.#at) || char === "]" || char === ")";
    return char === "," || closing.includes(char);
  }

  /** A doubled quote stands for one. */
  #quoted(quote: string): string {
    let text = "";
    for (this.#at++; this.#at < this.text.length; this.#at++) {
      if (this.text[this.#at] !== quote) text += this.text[this.#at];
      else if (this.text[this.#at + 1] === quote) text += this.text[this.#at++];
      else {
        this.#at++;
        return text;
      }
    }
    throw new CellError(`the quoted text has no closing ${quote}`);
  }

  #take(expected: string): boolean {
    this.#skipSpace();
    if (!this.text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  #skipSpace(): void {
    while (this.text[this.#at] === " " || this.text[this.#at] === "\t" || this.text[this.#at] === "\n") this.#at++;
  }
}
