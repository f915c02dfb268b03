import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { RunRow, Store } from "../engine/ports.js";
import { approvalDocument, runDocument } from "../observe/documents.js";
import type { DefinitionEntry, LoadedDefinition } from "./definitions.js";
import type { DriveOptions } from "./drive.js";
import type { StartOptions } from "./start.js";

export interface McpOptions {
  /** Whom the model acts for. */
  readonly as?: string;
  /** Ids of the workflows to serve; without it, all of the project. */
  readonly only?: readonly string[];
  /** Milliseconds a call waits for the run before it answers with where the run stands. */
  readonly patience: number;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Hears of definitions that are left out. */
  readonly say: (text: string) => void;
}

/** What a model may ask for: runs of what it cannot change, decided by people it cannot be. */
interface Rooms {
  actor(as?: string): Actor;
  definitions(): Promise<readonly DefinitionEntry[]>;
  read(definition: string): Promise<LoadedDefinition>;
  start(definition: LoadedDefinition, options: StartOptions): Promise<RunRow>;
  drive(run: string, options: DriveOptions): Promise<RunRow>;
  findRun(wanted: string): Promise<RunRow>;
  store(): Promise<Store>;
}

interface Offered {
  readonly definition: LoadedDefinition;
  readonly plan: Plan;
}

const SHOW = "show_run";

/**
 * Serves the project's valid definitions as tools over stdin and stdout, until the other side or the signal ends it.
 * @throws StagecraftError `package-missing`
 */
export async function serveMcp(rooms: Rooms, options: McpOptions): Promise<void> {
  const sdk = await loadSdk();
  const offered = await offer(rooms, options);
  const make = () => {
    const server = new sdk.McpServer({ name: "stagecraft", version: options.version });
    for (const one of offered) addWorkflow(server, sdk.fromJsonSchema, rooms, options, one);
    addShow(server, sdk.fromJsonSchema, rooms);
    return server;
  };
  await new Promise<void>((resolve) => {
    const handle = sdk.serveStdio(make, { onerror: ({ message }) => options.say(`mcp: ${message}`) });
    options.signal.addEventListener("abort", () => void handle.close().then(resolve), { once: true });
    process.stdin.once("close", resolve);
    process.stdin.once("end", resolve);
  });
}

/** The SDK is the user's to install: who serves no models has no need of it. */
async function loadSdk() {
  try {
    const [{ McpServer, fromJsonSchema }, { serveStdio }] = await Promise.all([
      import("@modelcontextprotocol/server"),
      import("@modelcontextprotocol/server/stdio"),
    ]);
    return { McpServer, fromJsonSchema, serveStdio };
  } catch (cause) {
    throw new StagecraftError("package-missing", "serving models needs the package @modelcontextprotocol/server", {
      help: "npm install @modelcontextprotocol/server",
      kind: "environment",
      cause,
    });
  }
}

/** @throws StagecraftError `unknown-definition`: one of `only` is not there */
async function offer(rooms: Rooms, { only, say }: McpOptions): Promise<readonly Offered[]> {
  const offered: Offered[] = [];
  const wanted = only === undefined ? await rooms.definitions() : only.map((id) => ({ id, file: id }));
  for (const { id, file } of wanted) {
    const definition = await rooms.read(file);
    const { plan } = definition.reading;
    if (plan === undefined) say(`${id} has errors and is no tool: npx stagecraft validate ${id}`);
    else if (id === SHOW) say(`${id} is no tool: the name is taken`);
    else offered.push({ definition, plan });
  }
  return offered;
}

type FromJsonSchema = Awaited<ReturnType<typeof loadSdk>>["fromJsonSchema"];

function addWorkflow(
  server: McpServer,
  schemaOf: FromJsonSchema,
  rooms: Rooms,
  options: McpOptions,
  { definition, plan }: Offered,
): void {
  const { id, title = id, version } = plan.workflow;
  server.registerTool(
    id,
    {
      title,
      description: `Runs the workflow "${title}" (${version}). It may wait for people: then ask ${SHOW} how it went on.`,
      inputSchema: schemaOf<JsonObject>(inputSchema(plan)),
    },
    (inputs, { mcpReq: { signal } }) =>
      answer(async () => {
        const { id: run } = await rooms.start(definition, { inputs, by: { ...rooms.actor(options.as), via: "mcp" } });
        const stop = AbortSignal.any([signal, options.signal]);
        await rooms.drive(run, { patience: options.patience, signal: stop });
        return describe(rooms, run);
      }),
  );
}

function addShow(server: McpServer, schemaOf: FromJsonSchema, rooms: Rooms): void {
  const schema = { type: "object", required: ["run"], properties: { run: { type: "string" } } };
  server.registerTool(
    SHOW,
    {
      title: "How a run stands",
      description: "Status, outputs and open approvals of a run. Approvals are decided by people, elsewhere.",
      inputSchema: schemaOf<{ run: string }>(schema),
      annotations: { readOnlyHint: true },
    },
    ({ run }) => answer(async () => describe(rooms, (await rooms.findRun(run)).id)),
  );
}

function inputSchema({ workflow: { inputs, optional } }: Plan): JsonObject {
  const required = Object.keys(inputs).filter(
    (name) => !("default" in (inputs[name] ?? {})) && !optional.includes(name),
  );
  return { type: "object", properties: inputs as JsonObject, required, additionalProperties: false };
}

async function describe(rooms: Rooms, run: string): Promise<JsonObject> {
  const approvals = await (await rooms.store()).listApprovals({ run, status: ["open"] });
  return { ...runDocument(await rooms.findRun(run)), approvals: approvals.map(approvalDocument) };
}

/** A user's fault is something the model can read and mend; ours is the protocol's to report. */
async function answer(work: () => Promise<JsonObject>): Promise<CallToolResult> {
  try {
    const document = await work();
    return { content: [{ type: "text", text: JSON.stringify(document, null, 2) }], structuredContent: document };
  } catch (error) {
    if (!(error instanceof StagecraftError)) throw error;
    const { code, message, help } = error;
    const text = [`${message} [${code}]`, ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
    return { isError: true, content: [{ type: "text", text }] };
  }
}
