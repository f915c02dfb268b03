import { signal } from "@preact/signals-core";
import type { Recorded } from "../../core/event.js";
import type { JsonObject } from "../../core/json.js";
import type { SessionDocument } from "../schema/documents.js";

/** What the API said was wrong: the same code and help as on the command line. */
export class ApiFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string | undefined;

  constructor(status: number, code: string, message: string, help?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
  }
}

/** Who is looking; null: nobody has said yet, undefined: not asked yet. */
export const session = signal<SessionDocument | null | undefined>(undefined);

export function may(permission: "operate" | "decide"): boolean {
  return session.value?.may.includes(permission) ?? false;
}

export function get<T>(path: string): Promise<T> {
  return ask<T>("GET", path);
}

/** With a key, the same request twice does one thing. */
export function post<T>(path: string, body: JsonObject, key?: string): Promise<T> {
  return ask<T>("POST", path, body, key === undefined ? {} : { "idempotency-key": key });
}

export async function logIn(token: string): Promise<void> {
  session.value = await post<SessionDocument>("/session", { token });
}

export async function logOut(): Promise<void> {
  await ask("DELETE", "/session", {});
  session.value = null;
}

/** Without a token nothing is asked again until there is one. */
async function ask<T>(method: string, path: string, body?: JsonObject, more: Record<string, string> = {}): Promise<T> {
  const headers = { "content-type": "application/json", ...more };
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const answer = await fetch(`/api/v1${path}`, { method, ...sent }).catch(() => {
    throw new ApiFault(0, "no-answer", "the server does not answer", "is it still running?");
  });
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  const problem = await answer.json().catch(() => ({ code: "internal", detail: answer.statusText }));
  if (answer.status === 401) session.value = null;
  throw new ApiFault(answer.status, problem.code, problem.detail, problem.help);
}

/** The journal from after `seq` on, live; the browser goes on after the last event it has seen by itself. */
export function follow(run: string, seq: number, heard: (recorded: Recorded) => void): () => void {
  const source = new EventSource(`/api/v1/runs/${encodeURIComponent(run)}/events?after=${seq}`);
  source.onmessage = (message) => heard(JSON.parse(message.data));
  return () => source.close();
}
