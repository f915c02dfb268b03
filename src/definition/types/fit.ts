import { optionsOf, type Type } from "../../core/expression/index.js";

/** False only when no value of `actual` can be one of `wanted`. What is not known is given the benefit of the doubt. */
export function fits(actual: Type, wanted: Type): boolean {
  return optionsOf(actual).some((one) => optionsOf(wanted).some((other) => fitsOne(one, other)));
}

function fitsOne(actual: Type, wanted: Type): boolean {
  if (actual.kind === "dynamic" || wanted.kind === "dynamic") return true;
  if (actual.kind === "optional") return fits(actual.of, wanted);
  if (wanted.kind === "optional") return fits(actual, wanted.of);
  if (actual.kind !== wanted.kind) return becomesText(actual) && (wanted.kind === "string" || becomesText(wanted));
  if ("values" in actual && "values" in wanted) return sharesValue(actual.values, wanted.values);
  if (actual.kind === "list" && wanted.kind === "list") return fits(actual.item, wanted.item);
  return true;
}

/** As data, these are written as text. */
function becomesText({ kind }: Type): boolean {
  return kind === "timestamp" || kind === "duration" || kind === "decimal";
}

function sharesValue(actual: readonly unknown[] | undefined, wanted: readonly unknown[] | undefined): boolean {
  return actual === undefined || wanted === undefined || actual.some((value) => wanted.includes(value));
}
