import { EXIT } from "./exit.js";

/**
 * While runs are driven: a promise that a plugin dropped and that was rejected is said and harms nobody, and a plugin that
 * ends the process does not make it look as if the runs were done. Returns how to stop looking.
 */
export function watchStrays(warn: (text: string) => void): () => void {
  const rejected = (reason: unknown): void => {
    const what = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    warn(`a promise that nobody waits for was rejected, most likely in a plugin; the runs go on. It said: ${what}`);
  };
  const exiting = (code: number): void => {
    if (code !== 0) return;
    process.exitCode = EXIT.failed;
    warn("something ended the process while runs were going on. Nothing recorded is lost: npx stagecraft resume last");
  };
  process.on("unhandledRejection", rejected);
  process.on("exit", exiting);
  return () => {
    process.off("unhandledRejection", rejected);
    process.off("exit", exiting);
  };
}
