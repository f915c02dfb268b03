import { checkPayload } from "../../core/payload.js";
import type { Store } from "../../engine/ports.js";
import type { Database } from "./database.js";

type Part = Pick<Store, "cached" | "putCached">;

export function cache(database: Database): Part {
  return {
    async cached(name, now) {
      const row = await database.read((queries) =>
        queries.table("cache").where({ name }).where("until", ">", now).first("result"),
      );
      return row === undefined ? undefined : JSON.parse(row.result);
    },
    async putCached(name, result, now, until) {
      checkPayload(() => "a cached result", result.outputs);
      await database.write(async (queries) => {
        await queries.table("cache").where("until", "<=", now).delete();
        await queries
          .table("cache")
          .insert({ name, result: JSON.stringify(result), until })
          .onConflict("name")
          .merge();
      });
    },
  };
}
