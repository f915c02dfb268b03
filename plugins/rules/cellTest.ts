import { type Cell, CellError, type Operand, type Ordering, operandsOf } from "./cell.js";
import { KIND_NAMES, type Kind, kindOfText, type Scalar, scalarOfText, scalarOfValue } from "./scalar.js";

/** Does `value` pass? Undefined: it cannot be told, as when null is ordered; `not` of that stays undefined. */
export type Test = (value: Scalar) => boolean | undefined;

/** The kind a column's cells agree on. A value whose kind is certain decides; plain text that could be either follows. */
export function inferKind(cells: readonly Cell<Operand>[]): Kind {
  const open = new Set<Kind>();
  for (const cell of cells) {
    for (const { operand, ordered } of operandsOf(cell)) {
      const kind = kindOf(operand);
      if (kind === undefined) continue;
      if (operand.form !== "plain" || kind === "string" || ordered) return kind;
      open.add(kind);
    }
  }
  if (open.size === 0) return "unknown";
  return open.size === 1 ? (open.values().next().value as Kind) : "string";
}

/** Gives every operand its column's kind. @throws CellError when one does not fit, or a range is empty */
export function typeCell(cell: Cell<Operand>, kind: Kind): Cell<Scalar> {
  switch (cell.type) {
    case "any":
      return cell;
    case "equal":
      return { type: "equal", to: typeOperand(cell.to, kind) };
    case "order":
      return { type: "order", by: cell.by, than: orderable(cell.than, kind) };
    case "range": {
      const from = orderable(cell.from, kind);
      const to = orderable(cell.to, kind);
      if ((from as number) > (to as number) || (from === to && (cell.openFrom || cell.openTo))) {
        throw new CellError("the range is empty", "the lower end comes first: [1..5]");
      }
      return { ...cell, from, to };
    }
    case "not":
      return { type: "not", cell: typeCell(cell.cell, kind) };
    case "oneOf":
      return { type: "oneOf", cells: cell.cells.map((one) => typeCell(one, kind)) };
  }
}

/** The cell as a function, built once for each table. */
export function compileCell(cell: Cell<Scalar>): Test {
  switch (cell.type) {
    case "any":
      return () => true;
    case "equal":
      return (value) => value === cell.to;
    case "order":
      return compileOrder(cell.by, cell.than as number);
    case "range": {
      const low = compileOrder(cell.openFrom ? ">" : ">=", cell.from as number);
      const high = compileOrder(cell.openTo ? "<" : "<=", cell.to as number);
      return (value) => (value === null ? undefined : low(value) === true && high(value) === true);
    }
    case "not": {
      const inner = compileCell(cell.cell);
      return (value) => {
        const passes = inner(value);
        return passes === undefined ? undefined : !passes;
      };
    }
    case "oneOf": {
      const tests = cell.cells.map(compileCell);
      return (value) => {
        let unknown = false;
        for (const test of tests) {
          const passes = test(value);
          if (passes === true) return true;
          if (passes === undefined) unknown = true;
        }
        return unknown ? undefined : false;
      };
    }
  }
}

/** Numbers, times and durations order as numbers, text by its code units. */
function compileOrder(by: Ordering, than: number): Test {
  const below = by[0] === "<";
  const orEqual = by.length === 2;
  return (value) => {
    if (value === null) return undefined;
    if (value === than) return orEqual;
    return below ? (value as number) < than : (value as number) > than;
  };
}

function kindOf(operand: Operand): Kind | undefined {
  if (operand.form === "quoted") return "string";
  if (operand.form === "plain") return kindOfText(operand.text);
  if (operand.value === null) return undefined;
  return typeof operand.value === "number" ? "number" : "boolean";
}

function typeOperand(operand: Operand, kind: Kind): Scalar {
  const scalar =
    operand.form === "json"
      ? scalarOfValue(operand.value, kind)
      : operand.form === "quoted" && kind !== "string"
        ? undefined
        : scalarOfText(operand.text, kind);
  if (scalar === undefined) {
    const written = operand.form === "json" ? String(operand.value) : `"${operand.text}"`;
    throw new CellError(
      `${written} is not ${KIND_NAMES[kind]}, which this column holds`,
      "if the column holds something else, say so: { value: …, schema: { type: … } }",
    );
  }
  return scalar;
}

function orderable(operand: Operand, kind: Kind): Scalar {
  const scalar = typeOperand(operand, kind);
  if (scalar === null || kind === "boolean") throw new CellError(`${String(scalar)} cannot be ordered`);
  if (kind === "string" && operand.form === "plain") {
    throw new CellError(
      `"${operand.text}" is neither a number, a date nor a duration`,
      `to order by text, quote it: '${operand.text}'`,
    );
  }
  return scalar;
}
