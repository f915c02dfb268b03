import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import { type AuditAction, type AuditHead, verifyAudit } from "../core/audit.js";
import { type ChainFault, hashOfLink, leftOf, type RunChain, verifyChain } from "../core/chain.js";
import { StagecraftError } from "../core/errors.js";
import type { JsonObject } from "../core/json.js";
import type { RunRow, Store } from "../engine/ports.js";
import type { Act } from "../observe/audit/acts.js";
import { type ExportFormat, exportText } from "../observe/audit/export.js";
import { type Hold, holdsOf } from "../observe/audit/holds.js";
import { newKeyPair, publicKeyOf, type Seal, seal, sealFault, sealIn } from "../observe/audit/sign.js";
import { type ActFilter, type ActPage, type ActPageOptions, actPage, actsIn } from "./acts.js";
import { sha256, wallClock } from "./host.js";
import { findRun } from "./runs.js";
import { readSecretFile } from "./secret-file.js";

export interface Verified {
  readonly runs: number;
  readonly events: number;
  readonly faults: readonly ChainFault[];
}

/** What proves what happened. */
export interface Audit {
  /** Looks at one run, or at everything. */
  verify(run?: string): Promise<Verified>;
  /** Is an exported file what was signed, and is what it says of the chains still so? @throws StagecraftError `audit-key-missing` */
  verifyExport(file: string, publicKeyFile?: string): Promise<Verified & { readonly seal: Seal }>;
  /** In order of time. */
  acts(filter: ActFilter): Promise<readonly Act[]>;
  /** The newest first. @throws StagecraftError `invalid-request` */
  page(filter: ActFilter, options: ActPageOptions): Promise<ActPage>;
  /** Text and its signature file. @throws StagecraftError `audit-key-missing` */
  export(filter: ActFilter, format: ExportFormat, by: string): Promise<{ readonly text: string; readonly seal: Seal }>;
  /** @returns the files written @throws StagecraftError `audit-key-exists` */
  keygen(): Promise<{ readonly privateKey: string; readonly publicKey: string }>;
  /** Takes what people and stages said out of a run that has ended. @throws StagecraftError `run-not-ended`, `run-held` */
  erase(run: string, by: string, reason: string): Promise<{ readonly run: string; readonly events: number }>;
  hold(run: string, by: string, reason: string): Promise<RunRow>;
  /** In order of time. */
  holds(): Promise<readonly Hold[]>;
  /** @throws StagecraftError `not-held` */
  release(run: string, by: string, reason?: string): Promise<RunRow>;
}

export function auditOf(config: Config, opened: () => Promise<Store>): Audit {
  const record = async (action: AuditAction, by: string, run: string | null, detail: JsonObject) =>
    (await opened()).recordAudit({ at: wallClock.now(), action, by, run, detail });
  return {
    verify: async (run) => verifyStore(await opened(), run),
    async verifyExport(file, publicKeyFile) {
      const text = readText(file);
      const signed = readSeal(`${file}.sig`);
      const fault = sealFault(text, signed, publicKey(config, publicKeyFile));
      if (fault !== undefined) {
        const faults = [{ run: null, seq: 0, kind: "changed" as const, what: `${file}: ${fault}` }];
        return { runs: 0, events: 0, faults, seal: signed };
      }
      return { ...(await compareHeads(await opened(), signed)), seal: signed };
    },
    acts: async (filter) => actsIn(await opened(), filter),
    page: async (filter, options) => actPage(await opened(), filter, options),
    async export(filter, format, by) {
      const key = privateKey(config);
      const store = await opened();
      const runs = await runsOf(store, filter.run);
      await record("exported", by, filter.run === undefined ? null : (runs[0]?.id ?? null), { format });
      const heads = await headsOf(store, runs);
      const text = exportText(await actsIn(store, filter), format);
      const { head: trail } = await store.readTrail();
      return { text, seal: seal(text, { at: new Date(wallClock.now()).toISOString(), by, heads, trail }, key) };
    },
    keygen: async () => writeKeys(config),
    async erase(wanted, by, reason) {
      const store = await opened();
      const { id } = await findRun(store, wanted);
      return { run: id, events: await store.eraseRun(id, by, reason, wallClock.now()) };
    },
    async hold(wanted, by, reason) {
      const run = await findRun(await opened(), wanted);
      await record("held", by, run.id, { reason });
      return run;
    },
    holds: async () => holdsOf(await (await opened()).readAudit({})),
    async release(wanted, by, reason) {
      const store = await opened();
      const run = await findRun(store, wanted);
      if (!(await store.isHeld(run.id))) throw new StagecraftError("not-held", `run ${run.id} is under no hold`);
      await record("released", by, run.id, reason === undefined ? {} : { reason });
      return run;
    },
  };
}

async function runsOf(store: Store, wanted?: string): Promise<readonly RunRow[]> {
  return wanted === undefined ? store.listRuns({}) : [await findRun(store, wanted)];
}

export async function verifyStore(store: Store, wanted?: string): Promise<Verified> {
  const faults: ChainFault[] = [];
  let events = 0;
  const runs = await runsOf(store, wanted);
  const definitions = new Map<string, ChainFault["what"] | undefined>();
  for (const { id, definition } of runs) {
    const chain = (await store.readChain(id)) as RunChain;
    events += chain.rows.length;
    faults.push(...verifyChain(chain, sha256), ...(await erasureFaults(store, chain)));
    if (!definitions.has(definition)) definitions.set(definition, await definitionFault(store, definition));
    const what = definitions.get(definition);
    if (what !== undefined) faults.push({ run: id, seq: 1, kind: "changed", what });
  }
  const { entries, head } = await store.readTrail();
  faults.push(...verifyAudit(entries, head, sha256));
  return { runs: runs.length, events, faults };
}

/** An erased event is proven by what it was; what is left of it, by the trail. */
async function erasureFaults(store: Store, chain: RunChain): Promise<readonly ChainFault[]> {
  const left = leftOf(chain);
  if (left === undefined) return [];
  const entries = await store.readAudit({ run: chain.run });
  const last = entries.findLast(({ action }) => action === "erased");
  if (last?.detail["left"] === sha256(left)) return [];
  const what =
    last === undefined
      ? "events stand as erased, and the audit trail knows of no erasure"
      : "what an erasure left of the events was changed";
  return [{ run: chain.run, seq: chain.rows.find((row) => row.left !== null)?.seq ?? 1, kind: "changed", what }];
}

async function definitionFault(store: Store, hash: string): Promise<string | undefined> {
  const kept = await store.getDefinition(hash);
  if (kept === undefined) return `its definition ${hash.slice(0, 12)} is gone`;
  return sha256(JSON.stringify(kept.plan)) === hash ? undefined : `its definition ${hash.slice(0, 12)} was changed`;
}

async function headsOf(store: Store, runs: readonly RunRow[]): Promise<Record<string, AuditHead>> {
  const heads: Record<string, AuditHead> = {};
  for (const { id } of runs) {
    const chain = await store.readChain(id);
    if (chain !== undefined) heads[id] = { seq: chain.headSeq, hash: chain.headHash ?? "" };
  }
  return heads;
}

/** A chain that was made anew as a whole verifies by itself: only a head that was kept elsewhere gives it away. */
async function compareHeads(store: Store, { heads, trail }: Seal): Promise<Verified> {
  const faults: ChainFault[] = [];
  const known = await store.readAudit({});
  const pruned = new Set(known.flatMap(({ action, run }) => (action === "pruned" ? [run] : [])));
  let events = 0;
  for (const [run, { seq, hash }] of Object.entries(heads)) {
    const chain = await store.readChain(run);
    if (chain === undefined) {
      if (!pruned.has(run)) faults.push({ run, seq, kind: "removed", what: "the run is not in the database any more" });
      continue;
    }
    events += seq;
    faults.push(...verifyChain(chain, sha256));
    const link = chain.rows.find((row) => row.seq === seq)?.link ?? "";
    if (hashOfLink(link) !== hash) {
      const what = `event ${seq} does not lead to the hash that was exported: the journal was written anew`;
      faults.push({ run, seq, kind: "rewritten", what });
    }
  }
  const { entries, head } = await store.readTrail();
  faults.push(...verifyAudit(entries, head, sha256));
  if (trail.seq > 0 && entries.find(({ seq }) => seq === trail.seq)?.hash !== trail.hash) {
    const what = "audit trail: its entry is not the one that was exported";
    faults.push({ run: null, seq: trail.seq, kind: "rewritten", what });
  }
  return { runs: Object.keys(heads).length, events, faults };
}

function privateKey(config: Config): string {
  const given = config.env("STAGECRAFT_AUDIT_KEY");
  if (given !== undefined) return given;
  if (fs.existsSync(config.auditKey)) return readSecretFile(config.auditKey);
  throw new StagecraftError("audit-key-missing", `there is no audit key: ${config.auditKey}`, {
    help: "make one with: stagecraft audit keygen",
  });
}

function publicKey(config: Config, file?: string): string {
  if (file !== undefined) return readText(file);
  const beside = `${config.auditKey}.pub`;
  return fs.existsSync(beside) ? fs.readFileSync(beside, "utf8") : publicKeyOf(privateKey(config));
}

function writeKeys({ auditKey }: Config): { privateKey: string; publicKey: string } {
  if (fs.existsSync(auditKey)) {
    throw new StagecraftError("audit-key-exists", `${auditKey} is there already`, {
      help: "move it away first; what it signed is verified with its public key",
    });
  }
  const pair = newKeyPair();
  fs.mkdirSync(path.dirname(auditKey), { recursive: true });
  fs.writeFileSync(auditKey, pair.privateKey, { mode: 0o600, flag: "wx" });
  fs.writeFileSync(`${auditKey}.pub`, pair.publicKey);
  return { privateKey: auditKey, publicKey: `${auditKey}.pub` };
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    throw new StagecraftError("file-not-found", `${file} cannot be read`);
  }
}

function readSeal(file: string): Seal {
  const read = sealIn(readText(file));
  if (read !== undefined) return read;
  throw new StagecraftError("audit-seal-invalid", `${file} is no signature file`, {
    help: "it is made beside the export, by: stagecraft audit export --out FILE",
  });
}
