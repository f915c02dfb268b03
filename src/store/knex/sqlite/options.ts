import type { DriverName } from "./driver.js";

export interface SqliteOptions {
  readonly file: string;
  /** `full` (default) survives a power cut; `normal` only the death of the process, and is faster. */
  readonly durability?: "full" | "normal";
  /** Milliseconds to wait for another process that writes; default 5000. */
  readonly waitMs?: number;
  /** Default `sqlite3`; `better-sqlite3` must be installed beside Stagecraft. */
  readonly driver?: DriverName;
}
