import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StagecraftError } from "../core/errors.js";

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

function fileOf(url: string, file: string): Place {
  if (file === "") throw unknownStore(`"${url}" names no file`, "Name a file for SQLite.");
  // SQLite's own name for a database in memory, which would be another one for each connection.
  return file === ":memory:" ? { kind: "memory" } : { kind: "sqlite", file };
}

export function unknownStore(message: string, help: string): StagecraftError {
  return new StagecraftError("unknown-store", message, { help });
}
