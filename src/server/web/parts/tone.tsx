import { Icon } from "./icon.js";

/** How a status looks: a colour and a sign, so that neither has to be seen alone. */
export type Tone = "done" | "bad" | "live" | "wait" | "held" | "off";

const TONES: Readonly<Record<string, Tone>> = {
  succeeded: "done",
  approved: "done",
  failed: "bad",
  rejected: "bad",
  expired: "bad",
  rollbackFailed: "bad",
  running: "live",
  open: "live",
  rollingBack: "live",
  retrying: "wait",
  waiting: "wait",
  queued: "off",
  ready: "live",
  pending: "off",
  paused: "held",
  held: "held",
  rolledBack: "held",
  skipped: "off",
  omitted: "off",
  cancelled: "off",
};

const WORDS: Readonly<Record<string, string>> = {
  rollingBack: "rolling back",
  rolledBack: "rolled back",
  rollbackFailed: "rollback failed",
};

/** An outcome of its own, such as `large`, is work done. */
export function toneOf(status: string): Tone {
  return Object.hasOwn(TONES, status) ? (TONES[status] as Tone) : "done";
}

export function wordOf(status: string): string {
  return Object.hasOwn(WORDS, status) ? (WORDS[status] as string) : status;
}

export function Status({ status }: { readonly status: string }) {
  return (
    <span class={`status tone-${toneOf(status)}`}>
      <Icon name={toneOf(status)} />
      {wordOf(status)}
    </span>
  );
}
