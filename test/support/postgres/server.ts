import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Server {
  readonly port: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Takes it and its files away. */
  stop(): Promise<void>;
}

/** The tests kill processes, not the power. */
const SETTINGS = ["fsync=off", "max_connections=300", "shared_buffers=64MB"];

/** A PostgreSQL server of its own on a free port, whose user `stagecraft` may do all. It ends with this process at the latest. */
export async function startServer(): Promise<Server> {
  const keeper = spawn(process.execPath, [new URL("keeper.mjs", import.meta.url).pathname, ...SETTINGS], {
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
