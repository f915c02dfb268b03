import path from "node:path";
import { Flags } from "@oclif/core";
import type { App, Served } from "../app.js";
import { asFlag } from "./flags.js";
import { watchStrays } from "./strays.js";

/** Runs that one process drives at the same time. */
export const runsFlag = {
  runs: Flags.integer({ description: "runs driven at the same time", min: 1, default: 100, helpValue: "<number>" }),
};

/** What `serve` and `dev` share. */
export const serveFlags = {
  host: Flags.string({ description: "address to listen on", default: "127.0.0.1", helpValue: "<address>" }),
  port: Flags.integer({
    description: "port; 0 takes any free one",
    min: 0,
    max: 65_535,
    default: 4400,
    helpValue: "<port>",
  }),
  "token-file": Flags.string({ description: "who may come in (server.tokenFile)", helpValue: "<file>" }),
  ...runsFlag,
  ...asFlag,
};

export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly "token-file"?: string | undefined;
  readonly runs: number;
  readonly as?: string | undefined;
  readonly "read-only"?: boolean;
}

/** Serves until the signal, with what a person needs to know printed in between. */
export async function serveUntil(
  app: App,
  flags: ServeFlags,
  signal: AbortSignal,
  isUp: (served: Served) => Promise<void> | void,
): Promise<Served> {
  const ignoreStrays = watchStrays((await app.log()).warn);
  try {
    const file = flags["token-file"];
    const served = await app.serve({
      host: flags.host,
      port: flags.port,
      runs: flags.runs,
      isReadOnly: flags["read-only"] ?? false,
      signal,
      ...(file !== undefined && { tokenFile: path.resolve(file) }),
      ...(flags.as !== undefined && { as: flags.as }),
    });
    await isUp(served);
    await served.done;
    return served;
  } finally {
    ignoreStrays();
  }
}
