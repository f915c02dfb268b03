import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { type Server, startServer } from "./server.js";

/**
 * One server for all test files that ask for it, started when the first does: whoever connects to `postgresDoor` is told
 * its port, or what is wrong.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let server: Promise<Server> | undefined;
  const door = createServer((socket) => {
    server ??= startServer();
    server.then(
      ({ port }) => socket.end(String(port)),
      (error: Error) => socket.end(error.message),
    );
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  provide("postgresDoor", (door.address() as AddressInfo).port);
  return async () => {
    door.close();
    await (await server?.catch(() => undefined))?.stop();
  };
}

declare module "vitest" {
  interface ProvidedContext {
    readonly postgresDoor: number;
  }
}
