import type { Json } from "./json.js";

/**
 * A value as written in the definition, `${{ … }}` included. Constant values stand for themselves.
 * `core/expression/template.ts` compiles one; data that arrives at run time is never taken for one.
 */
export type Template = Json;
