import { describe, expect, it } from "vitest";
import { createProject, type Ended, type Project } from "../support/cli.js";
import { hasTerminal, onTerminal, plain } from "../support/terminal.js";

const SECRET = "correct-horse-battery-staple";
const CALL = `apiVersion: stagecraft/v1
id: call
version: "1.0.0"
secrets: [ERP_TOKEN]
stages:
  tell:
    uses: http
    with: { url: "http://127.0.0.1:1/\${{ secrets.ERP_TOKEN }}", headers: { authorization: "Bearer \${{ secrets.ERP_TOKEN }}" } }
    retry: { maxAttempts: 2, delay: 1ms }
`;
const env = { ERP_TOKEN: SECRET };

const linesOf = ({ stderr }: Ended) =>
  stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A worker that takes up a run, until the run has ended. */
async function worked(at: Project, args: readonly string[], more = {}): Promise<Ended> {
  await at.run(["run", "call", "--detach"], { env });
  let isOver = false;
  return at.run(["worker", ...args], {
    env: { ...env, ...more },
    onOutput: (child, soFar) => {
      // A second signal would end it at once.
      if (isOver || !soFar.includes("run ended")) return;
      isOver = child.kill("SIGTERM");
    },
  });
}

describe("the log of a worker", () => {
  it("is a JSON object a line on stderr, told apart by run, stage and attempt, and holds no secret", async () => {
    const at = createProject({ "definitions/call.workflow.yaml": CALL });
    const ended = await worked(at, ["--json"]);
    const lines = linesOf(ended);
    const { document } = await at.json(["runs", "show", "--last"]);
    const run = document.run.id;
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        msg: "attempt failed",
        run,
        stage: "tell",
        attempt: 1,
        code: expect.any(String),
      }),
    );
    expect(lines.at(-2)).toMatchObject({
      level: "error",
      msg: "run ended",
      run,
      status: "failed",
      pid: expect.any(Number),
    });
    expect(lines.every(({ time }) => !Number.isNaN(Date.parse(String(time))))).toBe(true);
    expect(ended.stderr).not.toContain(SECRET);
    expect(JSON.parse(ended.stdout)).toEqual({ runs: [run] });
  });

  it("says as much as the flag or the environment asks for, and knows no other level", async () => {
    const at = createProject({ "definitions/call.workflow.yaml": CALL });
    const debug = linesOf(await worked(at, ["--log-level", "debug"], { STAGECRAFT_LOG_LEVEL: "silent" }));
    expect(debug.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["stage started", "run ended"]));
    const errors = linesOf(await worked(at, [], { STAGECRAFT_LOG_LEVEL: "error" }));
    expect(new Set(errors.map(({ level }) => level))).toEqual(new Set(["error"]));
    expect(await at.run(["worker", "--log-level", "loud"])).toMatchObject({ code: 2 });
    const unknown = await at.run(["worker"], { env: { STAGECRAFT_LOG_LEVEL: "loud" } });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("debug, info, warn, error, silent") });
  });
});

it("`run -v` logs what happens, and without it a run says nothing but its result", async () => {
  const at = createProject({ "definitions/call.workflow.yaml": CALL });
  const loud = await at.run(["run", "call", "-v", "-q"], { env });
  expect(loud.stderr).toMatch(/"msg":"stage started"/);
  expect(loud.stderr).not.toContain(SECRET);
  const still = await at.run(["run", "call", "-q"], { env });
  expect(still.stderr).not.toMatch(/"msg"/);
});

it.skipIf(!hasTerminal)("on a terminal a line of the log is for a person: time, level, words, fields", async () => {
  const at = createProject({ "definitions/call.workflow.yaml": CALL });
  const { sent } = await onTerminal(at, ["run", "call", "-v"], { columns: 200, env });
  const lines = plain(sent);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d WARN {2}attempt failed {2}.*\brun=[\w-]+ .*\bstage=tell\b.*\battempt=1\b/m);
  expect(lines).toMatch(/^\d\d:\d\d:\d\d ERROR run ended {2}.*\bstatus=failed\b/m);
  expect(lines).not.toContain('"level"');
  expect(lines).not.toContain(SECRET);
});
