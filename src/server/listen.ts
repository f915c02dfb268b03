import type { AddressInfo, Server } from "node:net";
import { StagecraftError } from "../core/errors.js";

/** Listens when this resolves, to the port it got. @throws StagecraftError `port-taken` */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES" && error.code !== "EADDRNOTAVAIL")
        return reject(error);
      const what = error.code === "EADDRINUSE" ? "is in use" : "cannot be used";
      const help = "choose another with --port, or 0 for any free one";
      reject(new StagecraftError("port-taken", `port ${port} of ${host} ${what}`, { kind: "environment", help }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
