import { RE2JS } from "re2js";
import { StageError } from "stagecraft/plugin";

/**
 * What JSONata asks of a regular expression, in time linear in the text: no pattern can make it backtrack for ever.
 * Look-around and back-references are not to be had.
 */
export class LinearRegex {
  lastIndex = 0;
  readonly #pattern: RE2JS;

  constructor(source: RegExp) {
    const flags =
      (source.flags.includes("i") ? RE2JS.CASE_INSENSITIVE : 0) | (source.flags.includes("m") ? RE2JS.MULTILINE : 0);
    try {
      this.#pattern = RE2JS.compile(source.source, flags);
    } catch (error) {
      throw new StageError("transform-regex", `/${source.source}/: ${(error as Error).message}`);
    }
  }

  exec(text: string): RegExpExecArray | null {
    const matcher = this.#pattern.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
    this.lastIndex = matcher.end();
    return Object.assign(groups, { index: matcher.start(), input: text }) as unknown as RegExpExecArray;
  }
}
