/** A place in a text: `line` and `column` count from 1, `offset` from 0 in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Half-open: `end` is the first place after the text meant. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = "error" | "warning";

/** One finding about what a person wrote. `code` is stable, kebab-case, and documented. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help?: string;
  readonly file: string;
  readonly range: Range;
  /** Where in the document, as `stages.pay.with.url`; empty for the document itself. */
  readonly path: string;
}

/** A finding whose place is not yet a line: offsets into one expression, or a path into a document. */
export interface Issue {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help?: string;
}
