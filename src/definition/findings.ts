import type { Diagnostic, Range, Severity } from "../core/diagnostic.js";

/** Keys and indexes from the top of the document. */
export type Path = readonly (string | number)[];

/** Where a finding stands: a value or its key, and there the whole or an extent of its text. */
export interface Place {
  readonly path: Path;
  /** `key`: the word before the colon rather than what follows it. */
  readonly part?: "key" | "value";
  /** Offsets into the text value at `path`, half-open; only with `part: "value"`. */
  readonly extent?: { readonly start: number; readonly end: number };
}

/** Turns places into ranges of the file. */
export type Locate = (place: Place) => Range;

/** Collects what is found about one file. */
export interface Findings {
  error(code: string, place: Place, message: string, help?: string): void;
  warning(code: string, place: Place, message: string, help?: string): void;
  /** True when something at or below the path is already an error: what depends on it need not be said. */
  hasErrorAt(path: Path): boolean;
  readonly errors: number;
  /** Sorted by place, without repetitions. */
  all(): readonly Diagnostic[];
}

/** More than anyone mends at a time. */
const MAX_FINDINGS = 1_000;

/** `stages.pay.needs[0]`. */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/**
 * A collection for `file` that begins with what its parser found. One place has one kind of error: what is said of
 * it afterwards mostly follows from that.
 */
export function createFindings(file: string, locate: Locate, parsed: readonly Diagnostic[]): Findings {
  const found = new Map<string, Diagnostic>();
  const faulty = new Map<string, string>();
  const errorPaths = new Set<string>();
  let errors = 0;

  for (const diagnostic of parsed) {
    found.set(String(found.size), diagnostic);
    faulty.set(extentOf(diagnostic.range), diagnostic.code);
    errors += 1;
  }

  function add(severity: Severity, code: string, place: Place, message: string, help: string | undefined): void {
    const range = locate(place);
    const key = `${range.start.offset} ${code} ${message}`;
    const extent = extentOf(range);
    if (found.size >= MAX_FINDINGS) {
      if (severity === "error") errors += 1;
      return;
    }
    if (found.has(key) || (faulty.has(extent) && faulty.get(extent) !== code)) return;
    const path = pathText(place.path);
    found.set(key, { code, severity, message, ...(help !== undefined && { help }), file, range, path });
    if (severity === "warning") return;
    errors += 1;
    faulty.set(extent, code);
    for (let length = place.path.length; length >= 0; length -= 1)
      errorPaths.add(pathText(place.path.slice(0, length)));
  }

  return {
    error: (code, place, message, help) => add("error", code, place, message, help),
    warning: (code, place, message, help) => add("warning", code, place, message, help),
    hasErrorAt: (path) => errorPaths.size > 0 && errorPaths.has(pathText(path)),
    get errors() {
      return errors;
    },
    all: () => [...found.values()].sort(byPlace),
  };
}

function extentOf({ start, end }: Range): string {
  return `${start.offset} ${end.offset}`;
}

/** By place, errors before warnings, then by code: the same findings always print the same. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    a.range.start.offset - b.range.start.offset ||
    a.severity.localeCompare(b.severity) ||
    a.code.localeCompare(b.code) ||
    a.message.localeCompare(b.message)
  );
}
