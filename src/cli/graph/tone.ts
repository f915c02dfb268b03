/** What a status means to a reader, whatever it is called. */
export type Tone = "good" | "bad" | "busy" | "off";

const TONES: Readonly<Record<string, Tone>> = {
  failed: "bad",
  rejected: "bad",
  expired: "bad",
  rollbackFailed: "bad",
  cancelled: "bad",
  running: "busy",
  waiting: "busy",
  paused: "busy",
  held: "busy",
  rollingBack: "busy",
  skipped: "off",
  omitted: "off",
  pending: "off",
};

/** Outcomes that a definition names count as work done. */
export function toneOf(status: string): Tone {
  return Object.hasOwn(TONES, status) ? (TONES[status] as Tone) : "good";
}

/** The run went past it. */
export function isPassedBy({ status }: { readonly status?: string }): boolean {
  return status !== undefined && toneOf(status) === "off" && status !== "pending";
}
