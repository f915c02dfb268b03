/** One thing looked at. `warn` keeps nothing from running. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly found: string;
  readonly help?: string;
}

export type Finding = Omit<Check, "name">;
