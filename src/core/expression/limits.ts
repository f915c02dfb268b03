/** Every expression has these, whatever the definition says. */
export const EXPRESSION_LIMITS = {
  /** UTF-16 units of one expression. */
  source: 32_000,
  /** Brackets within brackets. */
  nesting: 120,
  /** Of the tree: a chain such as `a + b + c` is one deeper for each link. */
  height: 500,
  nodes: 5_000,
  /** Cost units of one evaluation: about one for each node evaluated, item visited, or hundred characters made. */
  budget: 1_000_000,
  /** UTF-16 units of one text made by an expression. */
  text: 1_000_000,
  /** Items of one list made by an expression. */
  items: 200_000,
  /** Values in one result as JSON. */
  result: 1_000_000,
  /** Objects within objects that are compared, printed or turned into JSON. */
  depth: 500,
  /** Digits of a decimal. */
  digits: 1_000,
  /** UTF-16 units of a regular expression. */
  pattern: 1_000,
  /** The counts of all `{n}` in a regular expression, together. */
  repeats: 1_000,
} as const;
