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

/** Collects what is found about one file, and those it takes parts of itself from. */
export interface Findings {
  error(code: string, place: Place, message: string, help?: string): void;
  warning(code: string, place: Place, message: string, help?: string): void;
  /** True when something at or below the path is already an error: what depends on it need not be said. */
  hasErrorAt(path: Path): boolean;
  /** What stands at or below `path` was read from a file of its own, and is found there. */
  standsIn(path: Path, part: Part): void;
  readonly errors: number;
  /** Sorted by place, without repetitions. */
  all(): readonly Diagnostic[];
}

/** A file that gives a part of a definition. `locate` takes paths from its own top. */
export interface Part {
  readonly file: string;
  readonly locate: Locate;
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
  const parts = new Map<string, Part>();
  let errors = 0;

  for (const diagnostic of parsed) {
    found.set(String(found.size), diagnostic);
    faulty.set(extentOf(file, diagnostic.range), diagnostic.code);
    errors += 1;
  }

  /** The file a place is in, and where there. */
  function find(place: Place): { readonly file: string; readonly range: Range } {
    for (let length = parts.size === 0 ? 0 : place.path.length; length > 0; length -= 1) {
      const part = parts.get(pathText(place.path.slice(0, length)));
      if (part !== undefined)
        return { file: part.file, range: part.locate({ ...place, path: place.path.slice(length) }) };
    }
    return { file, range: locate(place) };
  }

  function add(severity: Severity, code: string, place: Place, message: string, help: string | undefined): void {
    const { file, range } = find(place);
    const key = `${file} ${range.start.offset} ${code} ${message}`;
    const extent = extentOf(file, range);
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
    standsIn: (path, part) => parts.set(pathText(path), part),
    get errors() {
      return errors;
    },
    all: () => [...found.values()].sort((a, b) => byFile(a, b, file) || byPlace(a, b)),
  };
}

function extentOf(file: string, { start, end }: Range): string {
  return `${file} ${start.offset} ${end.offset}`;
}

/** The definition's own findings first, then those of each file it reads. */
function byFile(a: Diagnostic, b: Diagnostic, first: string): number {
  if (a.file === b.file) return 0;
  if (a.file === first || b.file === first) return a.file === first ? -1 : 1;
  return a.file < b.file ? -1 : 1;
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
