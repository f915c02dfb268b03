import fs from "node:fs";
import http from "node:http";
import { afterEach } from "vitest";
import type { App, Served, ServeOptions } from "../../src/app.js";
import { appOf, projectOf, shippedProject } from "../support/project.js";

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sent, and fails on what is not there
type Document = any;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: Document;
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real server on a real port, in a project of its own. */
export interface Running {
  readonly project: string;
  readonly app: App;
  readonly served: Served;
  readonly port: number;
  readonly token: string;
  /** With the start-up token, as JSON. */
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** Exactly what is given: no token, no content type. */
  bare(path: string, ask?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

const running: Running[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    await one.close();
    fs.rmSync(one.project, { recursive: true, force: true });
  }
});

export async function serveProject(
  files: Readonly<Record<string, string>> | "shipped",
  options: Partial<ServeOptions> = {},
): Promise<Running> {
  const project = files === "shipped" ? shippedProject() : projectOf(files);
  return serveFolder(project, options);
}

export async function serveFolder(project: string, options: Partial<ServeOptions> = {}): Promise<Running> {
  const app = await appOf(project);
  const controller = new AbortController();
  const defaults = { host: "127.0.0.1", port: 0, runs: 20, isReadOnly: false, signal: controller.signal };
  const served = await app.serve({ ...defaults, ...options });
  const port = Number(new URL(served.url).port);
  const token = new URL(served.login ?? served.url).searchParams.get("token") ?? "";
  const bare = (path: string, ask: Ask = {}) => request(port, path, ask);
  const one: Running = {
    project,
    app,
    served,
    port,
    token,
    bare,
    ask: (path, ask = {}) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...ask.headers };
      return bare(path, { ...ask, headers });
    },
    async close() {
      controller.abort();
      await served.done;
      await app.close();
    },
  };
  running.push(one);
  return one;
}

/** By hand: `fetch` would not let a test say a Host or an Origin of its own. */
function request(port: number, path: string, { method = "GET", body, headers = {} }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        const isJson = /json/.test(answer.headers["content-type"] ?? "");
        const { statusCode: status = 0, headers: received } = answer;
        resolve({ status, headers: received, text, json: isJson && text !== "" ? JSON.parse(text) : undefined });
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  });
}

/** Asks until the answer is as wanted: only what another part of the program brings about is waited for so. */
export async function until<T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 600; turn++) {
    const value = await ask();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never came: ${JSON.stringify(await ask()).slice(0, 500)}`);
}
