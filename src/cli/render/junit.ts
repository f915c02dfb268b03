import type { CaseFailure, CaseResult, TestReport } from "../../app.js";

type Suite = TestReport["suites"][number];

/** The report in the form that build servers read. */
export function junit({ invalid, suites }: TestReport): string {
  const body = [
    ...invalid.map(({ file, diagnostics }) => {
      const error = diagnostics.map(({ message, range, code }) => `${file}:${range.start.line} ${message} [${code}]`);
      const found = `<error type="invalid-test" message="the file cannot be read">${xml(error.join("\n"))}</error>`;
      return `  <testsuite name="${xml(file)}" tests="1" failures="0" errors="1" time="0">\n    <testcase name="read" classname="${xml(file)}" time="0">${found}</testcase>\n  </testsuite>`;
    }),
    ...suites.map(suiteXml),
  ];
  const cases = suites.flatMap((suite) => suite.cases);
  const failures = cases.filter(({ passed }) => !passed).length;
  const head = `tests="${cases.length + invalid.length}" failures="${failures}" errors="${invalid.length}" time="${seconds(cases)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="stagecraft" ${head}>\n${body.join("\n")}\n</testsuites>\n`;
}

function suiteXml({ file, workflow, cases }: Suite): string {
  const failures = cases.filter(({ passed }) => !passed).length;
  const head = `name="${xml(file)}" tests="${cases.length}" failures="${failures}" errors="0" time="${seconds(cases)}"`;
  return `  <testsuite ${head}>\n${cases.map((result) => caseXml(workflow, result)).join("\n")}\n  </testsuite>`;
}

function caseXml(workflow: string, result: CaseResult): string {
  const head = `    <testcase name="${xml(result.name)}" classname="${xml(workflow)}" time="${seconds([result])}"`;
  if (result.passed) return `${head}/>`;
  return `${head}>\n${result.failures.map(failureXml).join("\n")}\n    </testcase>`;
}

function failureXml({ code, message, file, range, help }: CaseFailure): string {
  const text = [`${file}:${range.start.line}:${range.start.column} ${message}`, ...(help === undefined ? [] : [help])];
  return `      <failure type="${xml(code)}" message="${xml(message)}">${xml(text.join("\n"))}</failure>`;
}

function seconds(cases: readonly CaseResult[]): string {
  return (cases.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Characters XML cannot hold are left out. */
function xml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return legal.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
