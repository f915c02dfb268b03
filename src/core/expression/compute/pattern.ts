import { RE2JS } from "re2js";
import { charge, type Frame, fail } from "../frame.js";
import { EXPRESSION_LIMITS } from "../limits.js";

const CACHED = 200;
const cache = new Map<string, RE2JS>();

/** Why a regular expression (RE2 syntax) is refused; undefined when it is good. */
export function patternFault(pattern: string): string | undefined {
  const compiled = compilePattern(pattern);
  return typeof compiled === "string" ? compiled : undefined;
}

/** Whether the pattern is found anywhere in the text, in time linear in both. */
export function matches(frame: Frame, text: string, pattern: string): boolean {
  const compiled = compilePattern(pattern);
  if (typeof compiled === "string") throw fail(frame, "bad-regex", `invalid regular expression: ${compiled}`);
  charge(frame, 10 + (text.length * (5 + compiled.programSize())) / 50);
  return compiled.test(text);
}

function compilePattern(pattern: string): RE2JS | string {
  const known = cache.get(pattern);
  if (known) return known;
  if (pattern.length > EXPRESSION_LIMITS.pattern) return `it is longer than ${EXPRESSION_LIMITS.pattern} characters`;
  const repeats = pattern.match(/\{[\d,]+\}/g) ?? [];
  const copies = repeats.reduce((sum, repeat) => sum + Math.max(...repeat.slice(1, -1).split(",").map(Number)), 0);
  if (copies > EXPRESSION_LIMITS.repeats) return `it repeats more than ${EXPRESSION_LIMITS.repeats} times`;
  try {
    const compiled = RE2JS.compile(pattern);
    if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
    cache.set(pattern, compiled);
    return compiled;
  } catch (thrown) {
    return (thrown as Error).message.replace(/^error parsing regexp: /, "");
  }
}
