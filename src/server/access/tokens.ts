import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import type { Actor } from "../../core/approval.js";
import { StagecraftError } from "../../core/errors.js";
import { type Identity, ROLES, type Role } from "./identity.js";

/** A token as kept: only its hash. Tokens are 32 random bytes, so that a fast hash is enough. */
interface Entry {
  readonly hash: Buffer;
  readonly identity: Identity;
}

/** Who may come in, and as whom. */
export interface Tokens {
  /** In a time that does not depend on how much of the token is right. */
  identify(token: string): Identity | undefined;
}

interface TokenFile {
  readonly tokens: readonly { readonly user: string; readonly roles: readonly Role[]; readonly sha256: string }[];
}

const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["tokens"],
  properties: {
    tokens: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["user", "roles", "sha256"],
        properties: {
          user: { type: "string", minLength: 1 },
          roles: { type: "array", minItems: 1, items: { enum: ROLES } },
          sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
        },
      },
    },
  },
};

export function newToken(): string {
  return `sc_${randomBytes(32).toString("base64url")}`;
}

export function hashOf(token: string): string {
  return digest(token).toString("hex");
}

/** One token for the life of the process. */
export function startupToken(token: string, identity: Identity): Tokens {
  return tokensOf([{ hash: digest(token), identity }]);
}

/** @throws StagecraftError `tokens-invalid`, which never shows what the file holds */
export function readTokens(file: string, actorOf: (user: string) => Actor): Tokens {
  const entries = readTokenFile(file).tokens.map(({ user, roles, sha256 }) => ({
    hash: Buffer.from(sha256, "hex"),
    identity: { actor: actorOf(user), roles },
  }));
  return tokensOf(entries);
}

/** Writes a new token's hash behind the others, and gives the token, which is kept nowhere. */
export function addToken(file: string, user: string, roles: readonly Role[]): string {
  const tokens = fs.existsSync(file) ? readTokenFile(file).tokens : [];
  const token = newToken();
  const entries = [...tokens, { user, roles, sha256: hashOf(token) }];
  const lines = entries.map(
    (entry) =>
      `  - { user: ${JSON.stringify(entry.user)}, roles: [${entry.roles.join(", ")}], sha256: ${entry.sha256} }`,
  );
  const text = [
    "# Who may use the server. Only hashes stand here: a lost token is replaced by a new one.",
    "tokens:",
    ...lines,
  ];
  fs.writeFileSync(file, `${text.join("\n")}\n`, { mode: 0o600 });
  return token;
}

function readTokenFile(file: string): TokenFile {
  const help = "write one with: stagecraft token USER --role admin";
  if (!fs.existsSync(file)) throw new StagecraftError("tokens-invalid", `there is no token file ${file}`, { help });
  let value: unknown;
  try {
    value = parse(fs.readFileSync(file, "utf8"), { maxAliasCount: 0 });
  } catch {
    throw new StagecraftError("tokens-invalid", `${file} is not YAML`, { help });
  }
  const check = new Ajv({ strict: false }).compile<TokenFile>(SCHEMA);
  if (check(value)) return value;
  const [fault] = check.errors ?? [];
  throw new StagecraftError("tokens-invalid", `${file}: ${fault?.instancePath || "the file"} ${fault?.message}`, {
    help,
  });
}

function tokensOf(entries: readonly Entry[]): Tokens {
  return {
    identify(token) {
      const given = digest(token);
      let found: Identity | undefined;
      // Every entry is looked at, whichever fits.
      for (const { hash, identity } of entries) if (timingSafeEqual(hash, given)) found = identity;
      return found;
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
