/** A code of a finding in words, as whole sentences. */
export interface CodeInfo {
  /** Flat kebab-case, beginning with the name of the stage type: `rules-gap`. */
  readonly code: string;
  readonly means: string;
  /** What to do about it. */
  readonly mend: string;
}
