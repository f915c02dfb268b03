const STEP = /(?:^|\.)([^.[\]]+)|\[(\d{1,9})\]/y;

/** The steps of `address.lines[0]`; undefined when the text is no path. */
export function readPath(text: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match) return undefined;
    steps.push(match[1] ?? Number(match[2]));
  }
  return steps.length > 0 ? steps : undefined;
}
