import { StagecraftError } from "../../core/errors.js";

export type Sdk = typeof import("@restatedev/restate-sdk");

/** @throws StagecraftError `package-missing` */
export async function loadSdk(): Promise<Sdk> {
  giveWithResolvers();
  try {
    return await import("@restatedev/restate-sdk");
  } catch (cause) {
    throw new StagecraftError("package-missing", "the restate backend needs the package @restatedev/restate-sdk", {
      help: "npm install @restatedev/restate-sdk",
      kind: "environment",
      cause,
    });
  }
}

/** The SDK calls it without asking, and Node.js 20 does not have it: its handlers would hang instead of failing. */
function giveWithResolvers(): void {
  const promise = Promise as { withResolvers?: unknown };
  promise.withResolvers ??= function withResolvers<T>() {
    let resolve: ((value: T | PromiseLike<T>) => void) | undefined;
    let reject: ((reason?: unknown) => void) | undefined;
    const made = new Promise<T>((fulfil, fail) => {
      resolve = fulfil;
      reject = fail;
    });
    return { promise: made, resolve, reject };
  };
}
