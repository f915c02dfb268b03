import { randomBytes } from "node:crypto";
import { genesisOf, hashOfLink, leafOf, linkOf } from "../../core/chain.js";
import type { CommitEntry } from "../../engine/ports.js";
import { sha256 } from "../digest.js";
import type { Database } from "./database.js";

/** Where a journal stands: what its next commit follows. */
export interface Head {
  readonly epoch: number;
  readonly seq: number;
  /** Of the last commit. */
  readonly hash: string;
  readonly salt: string;
}

/** The columns of `runs` that a head is made of. */
export interface HeadColumns {
  readonly epoch: number;
  readonly head_seq: number;
  readonly head_hash: string | null;
  readonly salt: string | null;
}

export const HEAD_COLUMNS = ["epoch", "head_seq", "head_hash", "salt"] as const;

/** Heads of the journals this process writes, so that a commit need not ask for the one before it. */
export interface Heads {
  /** As claimed. */
  learn(run: string, columns: HeadColumns): void;
  forget(run: string): void;
  /** Undefined: the entry does not follow what is there, and will be fenced. */
  before(entry: CommitEntry): Promise<Head | undefined>;
  /** After a commit was kept. */
  moved(run: string, head: Head): void;
}

export function headsOf(database: Database): Heads {
  const known = new Map<string, Head>();
  return {
    learn: (run, columns) => void known.set(run, headOf(run, columns)),
    forget: (run) => void known.delete(run),
    moved: (run, head) => void known.set(run, head),
    async before({ run, epoch, expectedSeq }) {
      const fits = (head: Head | undefined) => head?.epoch === epoch && head.seq === expectedSeq;
      const last = known.get(run);
      if (fits(last)) return last;
      const columns: HeadColumns | undefined = await database.read((queries) =>
        queries
          .table("runs")
          .where({ id: run })
          .first(...HEAD_COLUMNS),
      );
      const head = columns === undefined ? undefined : headOf(run, columns);
      return fits(head) ? head : undefined;
    },
  };
}

function headOf(run: string, { epoch, head_seq, head_hash, salt }: HeadColumns): Head {
  return { epoch, seq: head_seq, hash: head_hash ?? genesisOf(run, sha256), salt: salt ?? "" };
}

/** The first commit of a journal, with a salt of its own. */
export function beginChain(run: string, contents: readonly string[]): ChainedEvents {
  const salt = randomBytes(16).toString("hex");
  return chainEvents({ epoch: 0, seq: 0, hash: genesisOf(run, sha256), salt }, contents);
}

/** Events on their way into a journal, tied to what is there. */
export interface ChainedEvents {
  /** JSON: a list of cells; the last has the link of the commit behind its own. */
  readonly text: string;
  readonly head: Head;
}

/** @param contents the cells of each event as JSON. None: the head stays. */
export function chainEvents(before: Head, contents: readonly string[]): ChainedEvents {
  const last = contents.at(-1);
  if (last === undefined) return { text: "[]", head: before };
  const link = linkOf(
    before.hash,
    contents.map((content) => leafOf(before.salt, content, sha256)),
    sha256,
  );
  const cells = [...contents.slice(0, -1), `${last.slice(0, -1)},"${link}"]`];
  const head = { ...before, seq: before.seq + contents.length, hash: hashOfLink(link) };
  return { text: `[${cells.join(",")}]`, head };
}
