import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import type { Worker, WorkOptions } from "../engine/worker.js";
import type { Logger } from "../plugin/api.js";
import type { Role } from "../server/access/identity.js";
import { addToken, newToken, readTokens, startupToken, type Tokens } from "../server/access/tokens.js";
import type { ServedProject } from "../server/ports.js";
import { startServer } from "../server/server.js";
import { backlogOf } from "./backlog.js";
import type { LoadedDefinition } from "./definitions.js";
import { wallClock } from "./host.js";
import type { Meter } from "./meter.js";
import { packageFolder, packageVersion } from "./package.js";
import type { Started, StartOptions } from "./start.js";

export interface ServeOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tokenFile?: string;
  /** Whom the start-up token stands for. */
  readonly as?: string;
  /** Shows, and changes nothing: it starts no run and drives none. */
  readonly isReadOnly: boolean;
  /** Runs driven at the same time. */
  readonly runs: number;
  /** Closes, gracefully. */
  readonly signal: AbortSignal;
}

export interface Served {
  readonly url: string;
  /** The address with the start-up token in it; undefined where a token file says who may come in. */
  readonly login?: string;
  /** Settles when it has closed and let go of its runs. */
  readonly done: Promise<void>;
}

/** What serving takes of the project. */
interface Rooms extends Omit<ServedProject, "start" | "nudge" | "read"> {
  read(definition: string): Promise<LoadedDefinition>;
  startOnce(definition: LoadedDefinition, options: StartOptions): Promise<Started>;
  work(options: WorkOptions): Promise<Worker>;
  readonly meter: Pick<Meter, "scrape">;
  log(): Promise<Logger>;
  actor(as?: string): Actor;
}

/** @throws StagecraftError `tokens-needed`, `tokens-invalid`, `port-taken` */
export async function serve(rooms: Rooms, config: Config, options: ServeOptions): Promise<Served> {
  const { host, port, isReadOnly, runs, signal } = options;
  const { tokens, startup } = admission(rooms, config, options);
  let worker: Worker | undefined;
  const server = await startServer({
    project: { ...rooms, ...startsFrom(rooms, config), nudge: () => worker?.nudge() },
    tokens,
    host,
    port,
    isReadOnly,
    hosts: config.server.hosts,
    version: packageVersion(),
    dashboard: path.join(packageFolder(), "dist/web"),
    scrape: rooms.meter.scrape,
    log: await rooms.log(),
  });
  if (!isReadOnly) worker = await rooms.work({ runs, signal, listener: server.heard });
  const done = stopped(signal).then(async () => {
    await Promise.all([server.close(), worker?.done]);
  });
  return { url: server.url, done, ...(startup !== undefined && { login: `${server.url}/?token=${startup}` }) };
}

/** Makes a token for a user and writes its hash down. The token itself is only returned. */
export function makeToken(
  config: Config,
  user: string,
  roles: readonly Role[],
  file?: string,
): { token: string; file: string } {
  const place = file ?? config.server.tokenFile ?? path.join(config.project, "stagecraft.tokens.yaml");
  fs.mkdirSync(path.dirname(place), { recursive: true });
  return { token: addToken(place, user, roles), file: place };
}

/** Who may come in: those of the token file, or whoever saw what was printed when the server started. */
function admission(rooms: Rooms, config: Config, options: ServeOptions): { tokens: Tokens; startup?: string } {
  const file = options.tokenFile ?? config.server.tokenFile;
  if (file !== undefined) {
    const actorOf = (user: string): Actor => {
      const { roles = [], groups = [] } = config.users.get(user) ?? {};
      return { user, roles, groups, via: "http" };
    };
    return { tokens: readTokens(file, actorOf) };
  }
  if (!isLoopback(options.host)) {
    throw new StagecraftError(
      "tokens-needed",
      `${options.host} can be reached from outside, and there is no token file`,
      {
        kind: "denied",
        help: "stagecraft token USER --role admin writes one; then serve with --token-file",
      },
    );
  }
  const startup = newToken();
  const actor = { ...rooms.actor(options.as), via: "http" };
  return { tokens: startupToken(startup, { actor, roles: ["admin"] }), startup };
}

/** What comes from outside waits for room in the queue. */
function startsFrom(rooms: Rooms, { server }: Config): Pick<ServedProject, "start" | "events"> {
  const backlog = backlogOf(server.queue, rooms.store, wallClock.now);
  return {
    async start(file, request) {
      await backlog.admit();
      return rooms.startOnce(await rooms.read(file), request);
    },
    events: {
      say: rooms.events.say,
      async receive(...given) {
        await backlog.admit();
        return rooms.events.receive(...given);
      },
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
