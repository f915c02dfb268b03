import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import shell from "../../plugins/shell/index.js";
import type { Failure } from "../../src/core/errors.js";
import type { JsonObject } from "../../src/core/json.js";
import type { EffectStageType } from "../../src/plugin/api.js";
import { pluginContract } from "../contracts/plugin.contract.js";
import { effectContext } from "../support/effect-context.js";
import { ROOT } from "../support/reading.js";

const root = mkdtempSync(join(tmpdir(), "shell-"));
mkdirSync(join(root, "inner"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { PATH = "" } = process.env;
const env = { PATH, API_KEY: "not for programs" };
const context = effectContext({ root, env });
const [stage] = shell.stages as [EffectStageType];

const run = async (input: JsonObject, signal?: AbortSignal) =>
  (await stage.run(input, signal === undefined ? context : effectContext({ root, env, signal }))).outputs;
const sh = (command: string, more: JsonObject = {}) => run({ shell: true, command, ...more });
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.fail(),
    (error) => error,
  );

pluginContract(shell, {
  shell: {
    runs: [
      { input: { command: ["echo", "hello", 1] }, context },
      { input: { command: "echo '[1]'", shell: true, json: true }, context },
    ],
    hangs: { input: { command: ["sleep", "60"] }, context },
  },
});

describe("a command", () => {
  it("gets its arguments as they are: no shell reads them", async () => {
    const odd = '; echo gone > x.txt "$HOME" `id`';
    expect(await run({ command: ["printf", "%s", odd] })).toEqual({ exitCode: 0, stdout: odd, stderr: "" });
  });

  it("runs where it is told, with the input and the variables it is given", async () => {
    const given = { cwd: "inner", stdin: { a: 1 }, env: { NAME: "$(id)" }, json: true };
    const script = 'printf \'{"in": %s, "at": "%s", "name": "%s"}\' "$(cat)" "${PWD##*/}" "$NAME"';
    expect(await sh(script, given)).toMatchObject({ json: { in: { a: 1 }, at: "inner", name: "$(id)" } });
  });

  it("sees none of our environment but what programs need, and knows which attempt it is", async () => {
    const seen = await sh("env");
    expect(seen["stdout"]).not.toContain("not for programs");
    expect(seen["stdout"]).toContain("STAGECRAFT_IDEMPOTENCY_KEY=run_1/work\n");
  });

  it("may end with the exit codes that are expected", async () => {
    expect(await sh("exit 3", { expectExit: [0, 3] })).toMatchObject({ exitCode: 3 });
  });

  it.each([
    ["exit 3", {}, "shell-exit-3", false],
    ["echo no >&2; exit 75", {}, "shell-exit-75", true],
    ["kill -9 $$", {}, "shell-killed", false],
    ["echo nothing", { json: true }, "shell-bad-json", false],
    ["yes", { maxBytes: 10_000 }, "shell-too-large", false],
    ["yes >&2", { maxBytes: 10_000 }, "shell-too-large", false],
  ])("that does `%s` with %j fails with %s", async (command, more, code, retryable) => {
    expect(await failureOf(sh(command, more))).toMatchObject({ code, retryable });
  });

  it("shows the end of what it said when it fails", async () => {
    const { message, details } = await failureOf(sh("echo one; echo two >&2; exit 1"));
    expect(message).toBe("it ended with exit code 1: two");
    expect(details).toMatchObject({ exitCode: 1, stdout: "one\n", stderr: "two\n" });
  });

  it.each([
    [{ command: ["no-such-program-here"] }, "shell-not-found"],
    [{ command: [join(ROOT, "package.json")] }, "shell-not-started"],
    [{ command: ["true"], cwd: "nowhere" }, "shell-cwd"],
    [{ command: ["true"], cwd: "../.." }, "path-outside-project"],
    [{ command: "true" }, "shell-command"],
  ])("%j cannot be started: %s", async (input, code) => {
    expect(await failureOf(run(input))).toMatchObject({ code });
  });
});

describe("the process group of a command", () => {
  /** A program with a child and a grandchild, each deaf to SIGTERM where `deaf`; they say who they are. */
  const family = (file: string, deaf: boolean) => {
    const ignore = deaf ? "trap '' TERM; " : "";
    const inner = `${ignore}echo $$ >> ${file}; while :; do sleep 0.05; done`;
    return `${ignore}sh -c '${inner.replaceAll("'", "'\\''")} & ${inner.replaceAll("'", "'\\''")}' & echo $$ >> ${file}; wait; wait`;
  };

  it.each([false, true])("is told to stop as a whole, and is killed if it does not (deaf: %s)", async (deaf) => {
    const file = join(root, `family-${deaf}`);
    writeFileSync(file, "");
    const stop = new AbortController();
    const done = failureOf(run({ shell: true, command: family(file, deaf), grace: "200ms" }, stop.signal));
    await until(() => idsIn(file).length === 3);
    expect(idsIn(file).every(isAlive)).toBe(true);
    const reason = new Error("called off");
    stop.abort(reason);
    expect(await done).toBe(reason);
    await until(() => !idsIn(file).some(isAlive));
  });

  it("leaves nothing behind that it put into the background", async () => {
    const file = join(root, "left");
    expect(await sh(`sleep 60 & echo $! > ${file}`)).toMatchObject({ exitCode: 0 });
    await until(() => !idsIn(file).some(isAlive));
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("does not outlive an engine that ends by %s", async (signal) => {
    const file = join(root, `orphans-${signal}`);
    writeFileSync(file, "");
    const program = join(ROOT, "test/plugins/children/group.ts");
    const args = ["--import", "jiti/register", program, family(file, true)];
    const engine = spawn(process.execPath, args, { stdio: "inherit" });
    await until(() => idsIn(file).length === 3);
    engine.kill(signal);
    await until(() => !idsIn(file).some(isAlive));
  });
});

function idsIn(file: string): number[] {
  return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
}

/** A process that has ended but that nobody has asked about yet is not alive. */
function isAlive(id: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
