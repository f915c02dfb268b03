import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import type { Actor } from "../core/approval.js";
import { StagecraftError } from "../core/errors.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import type { ApprovalRow, Store } from "../engine/ports.js";
import type { WhoIs } from "./directory.js";
import { wallClock } from "./host.js";
import { decide, findApproval, shownHash } from "./people.js";
import { readSecretFile } from "./secret-file.js";

/** What a link lets one person do, once: to decide is to use it up. */
export interface LinkTerms {
  readonly approval: string;
  readonly user: string;
  /** Outcomes it may be used for. */
  readonly outcomes: readonly string[];
  /** Hash of what was shown when it was made. */
  readonly saw: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface LinkOptions {
  readonly user: string;
  /** All that the approval offers, where none are named. */
  readonly outcomes?: readonly string[];
  readonly until: number;
  /** Who makes it. */
  readonly by: string;
}

export interface Links {
  /** @throws StagecraftError `unknown-outcome`, `unknown-user`, `already-decided` */
  make(approval: string, options: LinkOptions): Promise<{ readonly token: string; readonly terms: LinkTerms }>;
  /** What a token allows. @throws StagecraftError `link-invalid`, `link-expired` of kind denied */
  read(token: string): Promise<LinkTerms>;
  /** Decides as the person the link is for. @throws what `read` and `App.decide` throw, `link-outcome` */
  use(token: string, said: { outcome: string; comment?: string; data?: JsonObject }): Promise<ApprovalRow>;
}

export function linksOf(config: Config, opened: () => Promise<Store>, whoIs: WhoIs): Links {
  const read = async (token: string) => checkToken(token, linkKey(config), wallClock.now());
  return {
    read,
    async make(wanted, { user, outcomes, until, by }) {
      const store = await opened();
      const row = await findApproval(store, wanted);
      if (row.status !== "open") {
        throw new StagecraftError("already-decided", `approval ${row.id} is ${row.outcome ?? row.status}`, {
          kind: "denied",
        });
      }
      await whoIs(personBehind(config, user));
      const offered = row.request.outcomes;
      for (const outcome of outcomes ?? []) {
        if (offered.includes(outcome)) continue;
        throw new StagecraftError("unknown-outcome", `${outcome} is not one of ${offered.join(", ")}`);
      }
      const terms = { approval: row.id, user, outcomes: outcomes ?? offered, saw: shownHash(row), until };
      const detail = { approval: row.id, stage: row.stage, for: user, outcomes: [...terms.outcomes] };
      await store.recordAudit({ at: wallClock.now(), action: "linkMade", by, run: row.run, detail });
      return { token: signToken(terms, linkKey(config)), terms };
    },
    async use(token, said) {
      const { approval, user, outcomes, saw } = await read(token);
      if (!outcomes.includes(said.outcome)) {
        const message = `this link is for ${outcomes.join(" or ")}, not for ${said.outcome}`;
        throw new StagecraftError("link-outcome", message, { kind: "denied" });
      }
      return decide(await opened(), approval, { ...said, by: personBehind(config, user), saw }, wallClock.now, whoIs);
    },
  };
}

/** Entitled by what is said of them when they decide, not by what was said when the link was made. */
function personBehind({ users, directory }: Config, user: string): Actor {
  if (users.size === 0 || users.has(user) || directory !== undefined) {
    return { user, roles: [], groups: [], via: "link" };
  }
  throw new StagecraftError("unknown-user", `no user ${user} is configured`);
}

/** `terms.signature`, each base64url. */
export function signToken(terms: LinkTerms, key: string): string {
  const body = Buffer.from(JSON.stringify(terms)).toString("base64url");
  return `${body}.${macOf(body, key).toString("base64url")}`;
}

/** @throws StagecraftError `link-invalid`, `link-expired` of kind denied */
export function checkToken(token: string, key: string, now: number): LinkTerms {
  const [body = "", signature = "", ...rest] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  const wanted = macOf(body, key);
  const isOurs = rest.length === 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
  const terms: Json = isOurs ? (JSON.parse(Buffer.from(body, "base64url").toString()) as Json) : null;
  if (!isObject(terms)) {
    throw new StagecraftError("link-invalid", "this link was not made here, or was changed", { kind: "denied" });
  }
  const { until } = terms as unknown as LinkTerms;
  if (now < until) return terms as unknown as LinkTerms;
  const ended = new Date(until).toISOString();
  throw new StagecraftError("link-expired", `this link ended at ${ended}`, { kind: "denied" });
}

function macOf(body: string, key: string): Buffer {
  return createHmac("sha256", key).update(`stagecraft-link/1\n${body}`).digest();
}

/** From the environment, or the project's own, made when it is first needed. @throws StagecraftError `secret-readable` */
function linkKey(config: Config): string {
  const given = config.env("STAGECRAFT_LINK_KEY");
  if (given !== undefined) return given;
  const file = path.join(config.project, ".stagecraft/link-key");
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    try {
      fs.writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      // Another process made it first.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return readSecretFile(file);
}
