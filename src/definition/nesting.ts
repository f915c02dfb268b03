/** The YAML parser recurses; beyond this it could exhaust the stack, where no error can be caught. */
export const MAX_NESTING = 200;

/** A line that goes half as deep as any may: without one, indentation and `- - -` together stay within the limit. */
const DEEP_LINE = new RegExp(`^(?: {${MAX_NESTING / 2}}| *(?:[-?:] +){${MAX_NESTING / 2}})`, "m");

/**
 * The offset at which a text may nest deeper than the limit, or undefined. Looks at indentation, `- - -` and brackets
 * without parsing, so brackets in prose count too: no text that people write comes near the limit.
 */
export function findDeepNesting(text: string): number | undefined {
  if (!DEEP_LINE.test(text) && countBrackets(text, 0, text.length, 0) <= MAX_NESTING) return undefined;
  const indents: number[] = [];
  let brackets = 0;
  let offset = 0;
  while (offset < text.length) {
    const newline = text.indexOf("\n", offset);
    const end = newline === -1 ? text.length : newline;
    const { indent, compact } = leading(text, offset, end);
    if (offset + indent + compact < end) {
      while (indents.length > 0 && (indents.at(-1) as number) >= indent) indents.pop();
      indents.push(indent);
    }
    brackets = countBrackets(text, offset, end, brackets);
    if (indents.length + compact / 2 > MAX_NESTING || brackets > MAX_NESTING) return offset;
    offset = end + 1;
  }
  return undefined;
}

/** Spaces before a line's text, and the length of its run of `- ` and `? `. */
function leading(text: string, start: number, end: number): { indent: number; compact: number } {
  let at = start;
  while (at < end && text[at] === " ") at += 1;
  const indent = at - start;
  while (at < end && (text[at] === "-" || text[at] === "?" || text[at] === ":") && text[at + 1] === " ") {
    at += 2;
    while (at < end && text[at] === " ") at += 1;
  }
  return { indent, compact: at - start - indent };
}

/** Brackets open at the line's deepest point when that is over the limit, else at its end. */
function countBrackets(text: string, start: number, end: number, open: number): number {
  let count = open;
  for (let at = start; at < end; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x5b || char === 0x7b) {
      count += 1;
      if (count > MAX_NESTING) return count;
    } else if ((char === 0x5d || char === 0x7d) && count > 0) count -= 1;
  }
  return count;
}
