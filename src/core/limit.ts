/**
 * A part of what a stage asks for before it starts. A place is held until it is given back; tokens are used up and come
 * back when `per` milliseconds have passed. Whoever names the `group` counts; each asker holds to its own `limit`.
 */
export type LimitClaim =
  | { readonly kind: "place"; readonly group: string; readonly limit: number }
  | {
      readonly kind: "token";
      readonly group: string;
      readonly limit: number;
      readonly per: number;
      readonly cost: number;
    };

/** What a stage waits for before it starts. `at`: when it may come, milliseconds since the epoch, where that is known. */
export interface LimitWait {
  readonly kind: LimitClaim["kind"];
  readonly group: string;
  readonly at?: number;
}

/** `place in group erp`, `rate limit of erp`. */
export function limitText({ kind, group }: LimitWait): string {
  return kind === "place" ? `a place in group ${group}` : `the rate limit of ${group}`;
}
