/** What is compared with, as written. Quoted text is text whatever it looks like; plain text takes the column's kind. */
export type Operand =
  | { readonly form: "json"; readonly value: null | boolean | number }
  | { readonly form: "quoted"; readonly text: string }
  | { readonly form: "plain"; readonly text: string };

export type Ordering = "<" | "<=" | ">" | ">=";

/** An input cell: `T` is `Operand` as written, `Scalar` once the column's kind is known. */
export type Cell<T> =
  | { readonly type: "any" }
  | { readonly type: "equal"; readonly to: T }
  | { readonly type: "order"; readonly by: Ordering; readonly than: T }
  | {
      readonly type: "range";
      readonly from: T;
      readonly to: T;
      readonly openFrom: boolean;
      readonly openTo: boolean;
    }
  | { readonly type: "not"; readonly cell: Cell<T> }
  | { readonly type: "oneOf"; readonly cells: readonly Cell<T>[] };

/** Why a cell cannot be read. */
export class CellError extends Error {
  constructor(
    message: string,
    readonly help?: string,
  ) {
    super(message);
  }
}

/** Every value the cell compares with. */
export function* operandsOf<T>(cell: Cell<T>): Generator<{ operand: T; ordered: boolean }> {
  if (cell.type === "equal") yield { operand: cell.to, ordered: false };
  if (cell.type === "order") yield { operand: cell.than, ordered: true };
  if (cell.type === "range") {
    yield { operand: cell.from, ordered: true };
    yield { operand: cell.to, ordered: true };
  }
  if (cell.type === "not") yield* operandsOf(cell.cell);
  if (cell.type === "oneOf") for (const one of cell.cells) yield* operandsOf(one);
}
