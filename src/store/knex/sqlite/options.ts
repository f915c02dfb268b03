import type { DriverName } from "./driver.js";

export interface SqliteOptions {
  readonly file: string;
  /** `full` (default) survives a power cut; `normal` only the death of the process, and is faster. */
  readonly durability?: "full" | "normal";
  /** Default `sqlite3`; `better-sqlite3` must be installed beside Stagecraft. */
  readonly driver?: DriverName;
}
