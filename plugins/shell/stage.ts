import { statSync } from "node:fs";
import {
  DURATION_PATTERN,
  defineStage,
  type Json,
  type JsonObject,
  type JsonSchema,
  parseDuration,
  type StageContext,
  StageError,
} from "stagecraft/plugin";
import { check } from "./check.js";
import { type Ending, type Program, runGroup } from "./group.js";

const DEFAULT_MAX_BYTES = 1024 * 1024;
const DEFAULT_GRACE = "5s";
/** What a program needs of our own environment. All else may hold secrets and stays here. */
const INHERITED = ["PATH", "HOME", "USER", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];
/** sysexits.h: a passing fault, and the program asks to be called again. */
const EX_TEMPFAIL = 75;
/** As much of what it said as a failure shows. */
const TAIL = 2_000;

const input: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["command"],
  properties: {
    command: {
      type: ["array", "string"],
      minItems: 1,
      minLength: 1,
      items: { type: ["string", "number", "boolean"] },
      description: "The program and its arguments. With `shell: true` one text, which /bin/sh reads.",
    },
    shell: { type: "boolean", default: false, description: "Have /bin/sh read the command." },
    cwd: { type: "string", description: "Folder it runs in, inside the project. Default: the project." },
    env: {
      type: "object",
      additionalProperties: { type: ["string", "number", "boolean"] },
      description: "Environment variables. Of ours it sees only the likes of PATH, HOME and LANG.",
    },
    stdin: { description: "What it reads: a text as it is, anything else as JSON." },
    json: { type: "boolean", default: false, description: "Its standard output is JSON." },
    expectExit: {
      type: "array",
      minItems: 1,
      items: { type: "integer", minimum: 0, maximum: 255 },
      description: "Exit codes that are fine. Without it, 0.",
    },
    maxBytes: {
      type: "integer",
      minimum: 1,
      description: "Most it may say on each of its two outputs, in bytes. Default 1 MiB.",
    },
    grace: {
      type: "string",
      pattern: DURATION_PATTERN,
      description: "Between being told to stop (SIGTERM) and being killed. Default 5s.",
    },
  },
};

export const shellStage = defineStage({
  name: "shell",
  kind: "effect",
  permission: "shell",
  title: "Command",
  description: "Runs a program of this machine in a process group of its own. Nothing of it outlives the stage.",
  examples: [
    "uses: shell\nwith:\n  command: [git, log, --oneline, -5]\n  cwd: vendor/lib\n",
    'uses: shell\nwith:\n  shell: true\n  command: sort | uniq -c\n  stdin: "${{ inputs.text }}"\n',
  ],
  input,
  output: ({ with: { json } }) => outputOf(json === true),
  check,
  async run(input, context) {
    const ending = await start(programOf(input, context), context.signal);
    if (context.signal.aborted) throw context.signal.reason;
    return { outputs: outputsOf(input, ending) };
  },
});

function outputOf(json: boolean): JsonSchema {
  const said = json ? { json: {} } : { stdout: { type: "string" } };
  return {
    type: "object",
    additionalProperties: false,
    required: ["exitCode", "stderr", ...Object.keys(said)],
    properties: { exitCode: { type: "integer" }, ...said, stderr: { type: "string" } },
  };
}

/** @throws StageError `shell-command`, `shell-cwd`, `path-outside-project` */
function programOf(input: JsonObject, context: StageContext): Program {
  const cwd = context.file((input["cwd"] as string | undefined) ?? ".");
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StageError("shell-cwd", `there is no folder ${input["cwd"]}`);
  }
  const { stdin } = input;
  return {
    command: commandOf(input["command"] as Json, input["shell"] === true),
    cwd,
    env: environmentOf(context, (input["env"] ?? {}) as JsonObject),
    stdin: typeof stdin === "string" ? stdin : stdin === undefined ? "" : JSON.stringify(stdin),
    maxBytes: (input["maxBytes"] as number | undefined) ?? DEFAULT_MAX_BYTES,
    grace: parseDuration((input["grace"] as string | undefined) ?? DEFAULT_GRACE) ?? 0,
  };
}

/** The checker has seen what was written; an expression may still have come to the wrong kind. */
function commandOf(command: Json, shell: boolean): Program["command"] {
  if (shell && typeof command === "string") return ["/bin/sh", "-c", command];
  if (shell || !Array.isArray(command)) {
    throw new StageError("shell-command", "command is a list; with `shell: true` it is one text");
  }
  const [program, ...args] = command.map(String);
  return [program as string, ...args];
}

function environmentOf({ env, run, attempt, idempotencyKey }: StageContext, given: JsonObject): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = env(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
    STAGECRAFT_RUN: run.id,
    STAGECRAFT_STAGE: run.stage,
    STAGECRAFT_ATTEMPT: String(attempt),
    STAGECRAFT_IDEMPOTENCY_KEY: idempotencyKey,
  };
}

/** @throws StageError `shell-not-found`, `shell-not-started` */
async function start(program: Program, signal: AbortSignal): Promise<Ending> {
  signal.throwIfAborted();
  try {
    return await runGroup(program, signal);
  } catch (error) {
    const [name] = program.command;
    const { code = "unknown" } = error as { code?: string };
    if (code === "ENOENT") throw new StageError("shell-not-found", `there is no program ${name} here`);
    // Out of processes or of memory: it may pass.
    const retryable = code === "EAGAIN" || code === "ENOMEM";
    throw new StageError("shell-not-started", `${name} could not be started: ${code}`, { retryable });
  }
}

/** @throws StageError `shell-too-large`, `shell-killed`, `shell-exit-1` and the like, `shell-bad-json` */
function outputsOf(input: JsonObject, { exitCode, signal, stdout, stderr, tooLong }: Ending): JsonObject {
  if (tooLong !== undefined) {
    throw new StageError("shell-too-large", `it said more on ${tooLong} than maxBytes allows, and was stopped`);
  }
  const details = { exitCode, signal, stdout: stdout.slice(-TAIL), stderr: stderr.slice(-TAIL) };
  if (exitCode === null) throw new StageError("shell-killed", `it was ended by ${signal}`, { details });
  const expected = (input["expectExit"] as number[] | undefined) ?? [0];
  if (!expected.includes(exitCode)) {
    const last = stderr.trimEnd().split("\n").at(-1) ?? "";
    const message = `it ended with exit code ${exitCode}${last === "" ? "" : `: ${last.slice(0, 200)}`}`;
    throw new StageError(`shell-exit-${exitCode}`, message, { details, retryable: exitCode === EX_TEMPFAIL });
  }
  if (input["json"] !== true) return { exitCode, stdout, stderr };
  try {
    return { exitCode, json: JSON.parse(stdout) as Json, stderr };
  } catch {
    throw new StageError("shell-bad-json", "its standard output is not JSON", { details });
  }
}
