import {
  Composer,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  Parser,
  parseDocument,
  type ScalarTag,
  type SchemaOptions,
} from "yaml";

/**
 * What begins like no number, constant or null: text, as the schema would find after asking each of its eight patterns.
 * Most scalars are such, keys among them.
 */
const SURELY_TEXT: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  test: /^(?:[^~nNtTfF\d+.-]|[nN][^uU]|[tT][^rR]|[fF][^aA]|[a-zA-Z].{5})/s,
  resolve: (text) => text,
};

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.2",
  schema: "core",
  customTags: (tags) => [SURELY_TEXT, ...tags],
  merge: false,
  strict: true,
  // The parser's own check is quadratic; `readTree` does it in one pass.
  uniqueKeys: false,
  prettyErrors: false,
  // Quieter still, the parser would pass over a second document.
  logLevel: "error",
  resolveKnownTags: false,
};

/** A text as YAML, with its errors and warnings. */
export function readDocument(text: string): Document {
  return parseDocument(text, OPTIONS);
}

/** Whole lines of a text as YAML, its nodes at offsets of the whole text; undefined unless they are one sound document. */
export function readLines(text: string, start: number, end: number): Document | undefined {
  const parser = new Parser();
  parser.offset = start;
  const documents = [...new Composer(OPTIONS).compose(parser.parse(text.slice(start, end)), true, end)];
  const [document] = documents;
  if (document === undefined || documents.length > 1) return undefined;
  return document.errors.length + document.warnings.length > 0 ? undefined : document;
}
