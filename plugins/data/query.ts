import { isObject, type Json, type JsonObject, StageError } from "stagecraft/plugin";
import { MAX_ROWS } from "./rows.js";
import { toColumn, withDatabase } from "./sqlite.js";

export interface Query {
  readonly path: string;
  readonly shown: string;
  readonly sql: string;
  readonly params: Json | undefined;
  readonly limit: number | undefined;
}

/** Rows of one SELECT. Opened read-only, and run inside another SELECT, so that nothing else can be smuggled in. */
export async function query({ path, shown, sql, params, limit }: Query): Promise<JsonObject[]> {
  const inner = sql.trim().replace(/;+\s*$/, "");
  if (!/^(?:select|with|values)\b/i.test(inner.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, ""))) {
    throw new StageError("data-sql", "sql must be one SELECT: this stage only reads");
  }
  const most = Math.min(limit ?? MAX_ROWS + 1, MAX_ROWS + 1);
  const values = bound(inner, params);
  const rows = await withDatabase(path, shown, "read", async (database) => {
    // By itself first: what closes the outer SELECT's bracket is no statement alone.
    await database.all(`explain ${inner}`, values);
    return await database.all(`select * from (\n${inner}\n) limit ${most}`, values);
  });
  if (rows.length > MAX_ROWS) {
    throw new StageError("data-too-many-rows", `the query gives more than ${MAX_ROWS} rows: add a limit`);
  }
  return rows.map(readable);
}

const SIGNS = [":", "@", "$"];

/** A list for `?`, an object for `:name`, `@name` or `$name`. */
function bound(sql: string, params: Json | undefined): unknown {
  if (Array.isArray(params)) return (params as readonly Json[]).map(toColumn);
  if (!isObject(params)) return [];
  const named: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(params)) {
    const sign = /^\w+$/.test(name) ? SIGNS.find((one) => new RegExp(`[${one}]${name}\\b`).test(sql)) : undefined;
    if (sign === undefined) throw new StageError("data-sql", `sql has no parameter :${name}`);
    named[sign + name] = toColumn(value);
  }
  return named;
}

/** Bytes are base64: JSON has no others. */
function readable(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString("base64") : value]),
  );
}
