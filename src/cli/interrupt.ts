import { EXIT } from "./exit.js";

export interface Interrupt {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Gives the keys back. */
  stop(): void;
}

/** What a command says at the first Ctrl-C when it drives runs. */
export const STOPPING = "stopping: what is in flight may finish; once more to stop at once";

/** The first Ctrl-C stops gracefully, the second at once; every end of an effect is on disk before it counts. */
export function onInterrupt(first: () => void): Interrupt {
  const controller = new AbortController();
  const stopGently = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    first();
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stopGently);
  return {
    signal: controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, stopGently);
    },
  };
}
