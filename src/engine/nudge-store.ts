/** A word from the store that there is something to do: a run was made (`due`), or something lies in its inbox (`told`). */
export interface Nudge {
  readonly what: "due" | "told";
  readonly run: string;
}

export interface NudgeStore {
  /**
   * Hears of it within milliseconds, also from other processes; returns how to stop. Some words may be lost, so whoever
   * waits still looks now and then. Absent where the store cannot tell.
   */
  onNudge?(hear: (nudge: Nudge) => void): () => void;
}
