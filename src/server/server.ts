import { setMaxListeners } from "node:events";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { StagecraftError } from "../core/errors.js";
import type { Recorded } from "../core/event.js";
import { guard, knownHosts } from "./access/guard.js";
import { sessions } from "./access/session.js";
import type { Tokens } from "./access/tokens.js";
import { mountDashboard } from "./dashboard.js";
import { Bell } from "./feed.js";
import { listen } from "./listen.js";
import { openApi } from "./openapi.js";
import type { ServedProject } from "./ports.js";
import { answerProblem, problemOf } from "./problem.js";
import { logRequests, type RequestLog } from "./request-log.js";
import { BASE, type Desk, mount, type Route } from "./route.js";
import { approvalRoutes } from "./routes/approvals.js";
import { auditRoutes } from "./routes/audit.js";
import { definitionRoutes } from "./routes/definitions.js";
import { eventRoutes } from "./routes/events.js";
import { operationRoutes } from "./routes/operations.js";
import { runRoutes } from "./routes/runs.js";
import { scheduleRoutes } from "./routes/schedules.js";
import { sessionRoutes } from "./routes/session.js";
import { verbRoutes } from "./routes/verbs.js";
import { mountScrape } from "./scrape.js";
import type { Scrape } from "./scraping.js";

/** Bytes of a request's body. Larger inputs belong in a file or a table whose name is the input. */
const BODY_BYTES = 1024 * 1024;

/** How long an answer under way may take when the server closes: milliseconds. */
const GRACE_MS = 2_000;

export interface ServerOptions {
  readonly project: ServedProject;
  readonly tokens: Tokens;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Names under which the server may be asked for, beside those of this machine. */
  readonly hosts: readonly string[];
  readonly isReadOnly: boolean;
  readonly version: string;
  /** Where the built dashboard is. */
  readonly dashboard: string;
  /** Answers Prometheus. */
  readonly scrape: Scrape;
  /** Hears of requests, and of our own faults; what it hears is not for clients. */
  readonly log: RequestLog;
}

export interface Server {
  /** `http://127.0.0.1:4400` */
  readonly url: string;
  /** A run's events were committed in this process. */
  heard(run: string, events: readonly Recorded[]): void;
  /** Ends streams, lets answers go out, and frees the port. */
  close(): Promise<void>;
}

/** Listens when this resolves. @throws StagecraftError `port-taken` */
export async function startServer(options: ServerOptions): Promise<Server> {
  const closing = new AbortController();
  // Everybody who follows a run listens.
  setMaxListeners(0, closing.signal);
  const bell = new Bell();
  const { project, isReadOnly } = options;
  const port = { number: options.port };
  const app = createApp(options, { project, isReadOnly, closing: closing.signal, bell }, () => port.number);
  const server = createAdaptorServer({ fetch: app.fetch });
  port.number = await listen(server as import("node:net").Server, options);
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port.number}`,
    heard: (run) => bell.ring(run),
    close() {
      closing.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        if (!("closeAllConnections" in server)) return;
        // Browsers keep connections open for requests to come.
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
      });
    },
  };
}

function createApp(options: ServerOptions, desk: Desk, port: () => number): Hono {
  const app = new Hono();
  const who = sessions(options.tokens, () => `stagecraft_${port()}`);
  const routes: readonly Route[] = apiRoutes(who);
  app.onError((error, context) => {
    if (problemOf(error).status === 500) {
      options.log.error(`${context.req.method} ${context.req.path}: ${error.stack}`);
    }
    return answerProblem(context, error);
  });
  app.use(logRequests(options.log));
  app.use(secureHeaders);
  app.use(guard(knownHosts(options.hosts)));
  app.use(bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge }));
  const document = openApi(routes, options.version);
  app.get(`${BASE}/openapi.json`, (context) => context.json(document));
  for (const one of routes) mount(app, one, desk, who.identify);
  mountScrape(app, options.scrape, who.identify);
  mountDashboard(app, options.dashboard, who);
  app.notFound((context) => {
    const error = new StagecraftError("unknown-page", `there is no ${context.req.method} ${context.req.path}`);
    return answerProblem(context, error);
  });
  return app;
}

export function apiRoutes(who: Parameters<typeof sessionRoutes>[0]): readonly Route[] {
  return [
    ...sessionRoutes(who),
    ...runRoutes,
    ...verbRoutes,
    ...approvalRoutes,
    ...definitionRoutes,
    ...auditRoutes,
    ...scheduleRoutes,
    ...eventRoutes,
    ...operationRoutes,
  ];
}

async function secureHeaders(context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  const { headers } = context.res;
  headers.set(
    "content-security-policy",
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  );
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}

function tooLarge(context: Context): Response {
  const error = new StagecraftError("payload-too-large", `a request may carry ${BODY_BYTES} bytes`, {
    help: "keep large data in a file or a table and send its name",
  });
  return answerProblem(context, error);
}
