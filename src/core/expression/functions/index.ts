import { LIST_FUNCTIONS } from "./lists.js";
import { NUMBER_FUNCTIONS } from "./numbers.js";
import { OBJECT_FUNCTIONS } from "./objects.js";
import type { FunctionTable, Overload } from "./signature.js";
import { TEXT_FUNCTIONS } from "./texts.js";
import { TIME_FUNCTIONS } from "./times.js";

/** Every plain function. Macros, `has`, `coalesce` and `get` evaluate their arguments themselves and are not here. */
export const FUNCTIONS: FunctionTable = new Map<string, readonly Overload[]>([
  ...TEXT_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
]);

/** All that can be called, for suggestions. */
export const FUNCTION_NAMES: readonly string[] = [
  ...FUNCTIONS.keys(),
  ...["has", "coalesce", "get", "all", "exists", "exists_one", "filter", "map"],
];
