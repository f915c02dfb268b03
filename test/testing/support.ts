import fs from "node:fs";
import type { App, TestReport } from "../../src/app.js";
import { appOf, projectOf } from "../support/project.js";

const USERS = `identities:
  users:
    ann: { roles: [employee] }
    dana: { roles: [manager] }
    gina: { roles: [manager] }
`;

const HEADER = 'apiVersion: stagecraft/v1\nid: tried\nversion: "1.0.0"\n';
const TEST_HEADER = "apiVersion: stagecraft/v1\nkind: WorkflowTest\nworkflow: tried\n";

/** Runs the cases, given as YAML, of a definition whose header is added. */
export async function tryOut(definition: string, cases: string, patterns: readonly string[] = []): Promise<TestReport> {
  const project = projectOf({
    "stagecraft.config.yaml": USERS,
    "definitions/tried.workflow.yaml": HEADER + definition,
    "definitions/tried.test.yaml": `${TEST_HEADER}${cases}`,
    "data/people.json": '[{ "name": "ann" }, { "name": "bob" }]',
  });
  let app: App | undefined;
  try {
    app = await appOf(project);
    return await app.test({ patterns });
  } finally {
    await app?.close();
    fs.rmSync(project, { recursive: true });
  }
}

/** What each case says that fails, at its line; an empty list for one that passed. */
export function said({ invalid, suites }: TestReport): Readonly<Record<string, readonly string[]>> {
  for (const { diagnostics } of invalid) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return Object.fromEntries(
    suites.flatMap(({ cases }) =>
      cases.map(({ name, failures }) => [name, failures.map(({ code, message }) => `${code}: ${message}`)]),
    ),
  );
}
