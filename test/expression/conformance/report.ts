import { DEVIATIONS } from "./profile.js";
import type { Result } from "./run.js";

export function nameOf({ section, test }: Result): string {
  return `${section} ${test.name}`;
}

export function deviationOf(result: Result): string | undefined {
  return DEVIATIONS.find(([pattern]) => pattern.test(nameOf(result)))?.[1];
}

/** The page `docs/reference/cel-conformance.md`. */
export function report(results: readonly Result[]): string {
  const inside = results.filter((result) => result.leftOut === undefined);
  const passed = inside.filter((result) => result.failure === undefined);
  return `# CEL conformance

Expressions have the syntax and meaning of CEL, over JSON values. This page is written by
\`test/expression/conformance.test.ts\`, which runs the official suite (\`@bufbuild/cel-spec\`, CEL v0.25.1) and compares.

Of ${results.length} tests, ${inside.length} are about what the language has. Of those ${passed.length} pass
(${((100 * passed.length) / inside.length).toFixed(1)} %), and the other ${inside.length - passed.length} come out differently on purpose.

## Sections

| section | tests | in the language | pass | differ on purpose |
| --- | ---: | ---: | ---: | ---: |
${sections(results).join("\n")}

## Differences

${differences(inside).join("\n")}

Three more differences no test of the suite meets: a test for null (\`x.y == null\`) is also true of a field that is not
there; \`has(a.b.c)\` is false when \`b\` is missing too; and an optional at the end of an expression is its value, or null.

## Left out

| tests | why |
| ---: | --- |
${leftOut(results).join("\n")}
`;
}

function sections(results: readonly Result[]): readonly string[] {
  const names = [...new Set(results.map((result) => result.section.split("/")[0]!))];
  return names.map((name) => {
    const all = results.filter((result) => result.section.startsWith(`${name}/`));
    const inside = all.filter((result) => result.leftOut === undefined);
    const passed = inside.filter((result) => result.failure === undefined);
    return `| ${name} | ${all.length} | ${inside.length} | ${passed.length} | ${inside.length - passed.length} |`;
  });
}

function differences(inside: readonly Result[]): readonly string[] {
  return DEVIATIONS.map(([, why]) => {
    const examples = inside.filter((result) => result.failure !== undefined && deviationOf(result) === why);
    const [first] = examples;
    return `- **${examples.length}** ${why} Such as \`${first?.test.expr}\` (${first?.failure}).`;
  });
}

function leftOut(results: readonly Result[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { leftOut: why } of results) if (why !== undefined) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `| ${count} | ${why} |`);
}
