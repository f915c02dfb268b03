import type { Knex } from "knex";
import { StagecraftError } from "../../../core/errors.js";
import type { Bindings } from "../queries.js";

/** @throws StagecraftError `store-driver` */
export async function loadDriver(): Promise<typeof import("pg").default> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    const absent = (cause as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
    throw new StagecraftError("store-driver", `the package pg ${absent ? "is not installed" : "cannot be loaded"}`, {
      kind: "environment",
      help: "Install it beside Stagecraft with: npm install pg",
      cause,
    });
  }
}

/** What is used of a connection of `pg`. */
interface Connection {
  query(query: { readonly name: string; readonly text: string; readonly values: readonly unknown[] }): Promise<unknown>;
}

const texts = new Map<string, { readonly name: string; readonly text: string }>();

/** One of the few statements of the hot path, prepared under its own name once a connection. */
export async function runPrepared(connection: unknown, sql: string, values: Bindings): Promise<void> {
  let known = texts.get(sql);
  if (known === undefined) {
    let place = 0;
    known = { name: `stagecraft-${texts.size}`, text: sql.replaceAll("?", () => `$${++place}`) };
    texts.set(sql, known);
  }
  await (connection as Connection).query({ ...known, values });
}

/** Of what Knex gives for raw statements. */
export function rowsOf(result: Knex.Raw | unknown): readonly unknown[] {
  return (result as { readonly rows: readonly unknown[] }).rows;
}
