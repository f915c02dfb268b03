import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ModelServer {
  /** With `/v1`: what OPENAI_BASE_URL is set to. */
  readonly baseUrl: string;
  /** Bodies of the requests so far, oldest first. */
  requests(): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** An independent model server as its own process, answering from fixtures; what it was sent can be read back. */
export async function startModelServer(fixtures: readonly object[]): Promise<ModelServer> {
  const folder = mkdtempSync(join(tmpdir(), "model-server-"));
  writeFileSync(join(folder, "fixtures.json"), JSON.stringify({ fixtures }));
  const program = createRequire(import.meta.url)
    .resolve("@copilotkit/aimock")
    .replace(/index\.\w+$/, "cli.js");
  const child = spawn(process.execPath, [program, "-p", "0", "-f", folder], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await listening(child);
  return {
    baseUrl: `${url}/v1`,
    async requests() {
      const entries = (await (await fetch(`${url}/__aimock/journal`)).json()) as { body: Record<string, unknown> }[];
      return entries.map(({ body }) => body);
    },
    async close() {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = "";
    const hear = (part: Buffer) => {
      said += part.toString();
      const url = /listening on (http:\S+)/.exec(said)?.[1];
      if (url !== undefined) found(url);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => failed(new Error(`the model server ended with ${code}: ${said}`)));
  });
}
