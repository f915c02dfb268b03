import type { Static, TObject, TSchema } from "@sinclair/typebox";
import type { Context, Hono } from "hono";
import { StagecraftError } from "../core/errors.js";
import { isSafe } from "./access/guard.js";
import { type Identity, type Permission, permissionsOf } from "./access/identity.js";
import { checker } from "./check.js";
import type { ServedProject } from "./ports.js";

/** What every handler is given besides its request. */
export interface Desk {
  readonly project: ServedProject;
  readonly isReadOnly: boolean;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
  /** Rung for a run when something of it was committed here. */
  readonly bell: { listen(run: string, listener: () => void): () => void };
}

/** A request whose parts were checked. */
export interface Call<Q, B> {
  readonly query: Q;
  readonly body: B;
  readonly context: Context;
  readonly by: Identity;
  /** Of the path. */
  param(name: string): string;
}

interface Reply {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the API: what serves it, and what its documentation is made of. */
export interface Route {
  readonly method: "get" | "post" | "delete";
  /** Below `/api/v1`, as in `/runs/{run}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  /** Null: for everybody who reaches the server. */
  readonly needs: Permission | null;
  readonly query?: TObject;
  readonly body?: TObject;
  /** The handler reads the body itself: what it is. */
  readonly rawBody?: string;
  /** Request headers, by name: what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the answer, by status. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: TSchema }>>;
  /** Media types of the answer beside JSON. */
  readonly streams?: readonly string[];
  handle(call: Call<never, never>, desk: Desk): Promise<Reply | Response>;
}

type Typed<Q extends TObject, B extends TObject> = Omit<Route, "handle" | "query" | "body"> & {
  readonly query?: Q;
  readonly body?: B;
  handle(call: Call<Static<Q>, Static<B>>, desk: Desk): Promise<Reply | Response>;
};

/** Ties the types of a handler to its schemas. */
export function route<Q extends TObject, B extends TObject>(typed: Typed<Q, B>): Route {
  return typed as unknown as Route;
}

export const BASE = "/api/v1";

/** Serves a route: who may, what was sent, then its handler. */
export function mount(app: Hono, one: Route, desk: Desk, identify: (context: Context) => Identity): void {
  const checkQuery = checker(one.query, "the query");
  const checkBody = checker(one.body, "the body");
  app.on(one.method, `${BASE}${one.path.replace(/\{(\w+)\}/g, ":$1")}`, async (context) => {
    const by = one.needs === null ? NOBODY : identify(context);
    if (one.needs !== null) permit(one, by, desk);
    const call = {
      query: checkQuery(context.req.query()),
      body: one.body === undefined ? {} : checkBody(await jsonOf(context)),
      context,
      by,
      param: (name: string) => context.req.param(name) ?? "",
    };
    const reply = await one.handle(call as Call<never, never>, desk);
    if (reply instanceof Response) return reply;
    if (reply.body === null) return context.body(null, 204, reply.headers);
    return context.json(reply.body, (reply.status ?? 200) as 200, reply.headers);
  });
}

const NOBODY: Identity = { actor: { user: "", roles: [], groups: [], via: "http" }, roles: [] };

function permit({ needs, method }: Route, by: Identity, desk: Desk): void {
  if (needs !== null && !permissionsOf(by).has(needs)) {
    throw new StagecraftError("not-permitted", `${by.actor.user} may not do this here (${by.roles.join(", ")})`, {
      kind: "denied",
    });
  }
  if (!isSafe(method.toUpperCase())) refuseReadOnly(desk);
}

/** @throws StagecraftError `read-only` of kind denied */
export function refuseReadOnly({ isReadOnly }: Desk): void {
  if (isReadOnly) throw new StagecraftError("read-only", "this server only shows", { kind: "denied" });
}

async function jsonOf(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new StagecraftError("invalid-json", "the body is not JSON");
  }
}
