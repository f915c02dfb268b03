import type { RunRow } from "../app.js";

/** What a process exits with. Documented in `help exit-codes`, the README and decision 0005. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  waiting: 3,
  rejected: 4,
  denied: 5,
  timedOut: 124,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, "done"],
  [EXIT.failed, "the run or a check failed"],
  [EXIT.usage, "nothing ran: a bad flag, definition or input"],
  [EXIT.waiting, "the run waits for a person, an event or a time"],
  [EXIT.rejected, "a person rejected it, or nobody decided in time"],
  [EXIT.denied, "not permitted"],
  [EXIT.timedOut, "timed out"],
  [EXIT.interrupted, "interrupted; the state is saved, and the command to resume is printed"],
];

/** The code for where a run stands now. */
export function exitCodeOf(run: Pick<RunRow, "status" | "error">): ExitCode {
  switch (run.status) {
    case "succeeded":
      return EXIT.done;
    case "failed":
    case "cancelled":
    case "rolledBack":
    case "rollbackFailed":
      return exitCodeOfError(run.error?.code);
    default:
      return EXIT.waiting;
  }
}

function exitCodeOfError(code: string | undefined): ExitCode {
  if (code === "approval-rejected" || code === "approval-expired") return EXIT.rejected;
  return code === "run-timeout" ? EXIT.timedOut : EXIT.failed;
}
