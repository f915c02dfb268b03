import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StagecraftError } from "../core/errors.js";
import type { Store } from "../engine/ports.js";
import type { PostgresOptions } from "./knex/postgres/options.js";
import { postgresStore } from "./knex/postgres/store.js";
import type { SqliteOptions } from "./knex/sqlite/options.js";
import { sqliteStore } from "./knex/sqlite/store.js";
import { memoryStore } from "./memory/store.js";

export type OpenOptions = Omit<SqliteOptions, "file">;

/**
 * Opens what `url` names: a path, `sqlite:path` or `file:` URL (made with its folder when it is not there), `memory:`, or
 * `postgres:` URL.
 * @throws StagecraftError `unknown-store`, and what `Store.open` throws
 */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const store = storeOf(url, options);
  await store.open();
  return store;
}

/** False where `url` names a file that is not there, which opening would make. */
export function storeExists(url: string): boolean {
  const { scheme, rest } = partsOf(url);
  if (scheme === undefined || scheme === "sqlite") return rest === ":memory:" || existsSync(rest);
  return scheme !== "file" || existsSync(fileURLToPath(url));
}

function partsOf(url: string): { readonly scheme: string | undefined; readonly rest: string } {
  // One letter before the colon is a drive, not a scheme.
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(url) ?? [];
  return { scheme: scheme?.toLowerCase(), rest: rest ?? url };
}

function storeOf(url: string, options: OpenOptions): Store {
  const place = placeOf(url);
  switch (place.kind) {
    case "sqlite":
      return sqliteStore({ ...options, file: place.file });
    case "postgres":
      return postgresStore({ ...durabilityOf(options), url });
    default:
      return memoryStore();
  }
}

/** What a URL names. */
export type Place = { readonly kind: "memory" | "postgres" } | { readonly kind: "sqlite"; readonly file: string };

/** @throws StagecraftError `unknown-store` */
export function placeOf(url: string): Place {
  const { scheme, rest } = partsOf(url);
  switch (scheme) {
    case undefined:
    case "sqlite":
      return fileOf(url, rest);
    case "file":
      return fileOf(url, fileURLToPath(url));
    case "memory":
      return { kind: "memory" };
    case "postgres":
    case "postgresql":
      return { kind: "postgres" };
    default:
      throw unknownStore(`there is no store for ${scheme}:`, "Name a file, sqlite:FILE, postgres://… or memory:.");
  }
}

/** What both databases take. */
export function durabilityOf({ durability, waitMs }: OpenOptions): Omit<PostgresOptions, "url"> {
  return { ...(durability && { durability }), ...(waitMs === undefined ? {} : { waitMs }) };
}

function fileOf(url: string, file: string): Place {
  if (file === "") throw unknownStore(`"${url}" names no file`, "Name a file for SQLite.");
  // SQLite's own name for a database in memory, which would be another one for each connection.
  return file === ":memory:" ? { kind: "memory" } : { kind: "sqlite", file };
}

export function unknownStore(message: string, help: string): StagecraftError {
  return new StagecraftError("unknown-store", message, { help });
}
