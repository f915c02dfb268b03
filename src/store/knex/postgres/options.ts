export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`; what it does not say comes from the PG* variables. */
  readonly url: string;
  /** `full` (default): as the server is set up; `normal`: acknowledged before the server's log is on its disk. */
  readonly durability?: "full" | "normal";
  /** Milliseconds to wait for a server that is away and for locks of others; default 10,000. */
  readonly waitMs?: number;
}
