/**
 * The audit chain of a journal. Every commit leaves a hash of what it added and of the commit before it, and the run's
 * row keeps the last one. All hashes are sha256, written in hex.
 */

/** Hex digits of a leaf that a commit keeps beside its hash: enough to name the row that changed, no proof by itself. */
export const MARK_DIGITS = 8;
const HASH_DIGITS = 64;

export type Sha256 = (text: string) => string;

/** A journal row as it is kept, without judging it. */
export interface ChainRow {
  readonly seq: number;
  readonly type: string;
  readonly stage: string | null;
  /** Of the row's content as it is found; of an erased row, of the content it had. */
  readonly leaf: string;
  /** The last row of a commit carries the commit's hash, and the mark of each of its leaves. */
  readonly link: string | null;
  /** Hash of what an erasure left of it; null where nothing was erased. */
  readonly left: string | null;
  /** What is wrong with the row taken alone, such as a large value that is gone. */
  readonly fault?: string;
}

/** A journal and where the run's row says that it ends. */
export interface RunChain {
  readonly run: string;
  readonly definition: string;
  readonly headSeq: number;
  readonly headHash: string | null;
  readonly rows: readonly ChainRow[];
}

/** What an erasure left of a run, as one text to hash; undefined where nothing was erased. */
export function leftOf({ rows }: RunChain): string | undefined {
  const left = rows.flatMap((row) => (row.left === null ? [] : [row.left]));
  return left.length === 0 ? undefined : left.join("\n");
}

export interface ChainFault {
  readonly run: string | null;
  /** The row, or the place in the order of things where one is missing. */
  readonly seq: number;
  readonly kind: "changed" | "removed" | "added" | "reordered" | "rewritten" | "unchained";
  readonly what: string;
}

/** What the first commit of a run follows: it binds a journal to its run, and the first event names the plan. */
export function genesisOf(run: string, sha256: Sha256): string {
  return sha256(`stagecraft chain 1\n${run}`);
}

/** @param salt random and kept with the run: once it is erased, nobody can try values until one fits. */
export function leafOf(salt: string, content: string, sha256: Sha256): string {
  return sha256(`${salt}\n${content}`);
}

/** What a commit of these leaves keeps: its hash, then a mark a leaf. */
export function linkOf(previous: string, leaves: readonly string[], sha256: Sha256): string {
  return hashAfter(previous, leaves, sha256) + leaves.map(markOf).join("");
}

/** The hash of a link: what the next commit follows. */
export function hashOfLink(link: string): string {
  return link.slice(0, HASH_DIGITS);
}

function hashAfter(previous: string, leaves: readonly string[], sha256: Sha256): string {
  return sha256(`${previous}\n${leaves.join("\n")}`);
}

function markOf(leaf: string): string {
  return leaf.slice(0, MARK_DIGITS);
}

interface Commit {
  readonly hash: string;
  readonly marks: readonly string[];
  /** The rows that stand where the commit put its own. */
  readonly rows: readonly ChainRow[];
}

/** Everything that does not fit, in order of the rows. Empty: the journal is what was committed. */
export function verifyChain(chain: RunChain, sha256: Sha256): readonly ChainFault[] {
  const { run, rows, headSeq } = chain;
  const fault = (seq: number, kind: ChainFault["kind"], what: string): ChainFault => ({ run, seq, kind, what });
  const faults = rows.flatMap((row) => (row.fault === undefined ? [] : [fault(row.seq, "changed", row.fault)]));
  faults.push(...missingRows(chain, fault));
  const { commits, loose } = commitsOf(rows);
  const known = new Set(commits.flatMap(({ marks }) => marks));
  let hash = genesisOf(run, sha256);
  for (const commit of commits) {
    const found = judgeCommit(commit, known, fault);
    const leaves = commit.rows.map(({ leaf }) => leaf);
    const isWhole = found.length === 0 && commit.rows.length === commit.marks.length;
    if (isWhole && hashAfter(hash, leaves, sha256) !== commit.hash) {
      const last = commit.rows.at(-1) as ChainRow;
      found.push(
        fault(last.seq, "changed", `the hash kept with ${nameOf(last)} does not follow from what is before it`),
      );
    }
    faults.push(...found);
    hash = commit.hash;
  }
  for (const row of loose) {
    const kind = chain.headHash === null ? "unchained" : "added";
    faults.push(fault(row.seq, kind, `${nameOf(row)} belongs to no commit`));
  }
  const isWhole = faults.length === 0;
  if (isWhole && chain.headHash !== hash) {
    faults.push(fault(headSeq, "changed", "the run's own record of its last commit is another one"));
  }
  return faults.sort((a, b) => a.seq - b.seq);
}

type MakeFault = (seq: number, kind: ChainFault["kind"], what: string) => ChainFault;

function missingRows({ rows, headSeq }: RunChain, fault: MakeFault): ChainFault[] {
  const there = new Set(rows.map(({ seq }) => seq));
  const faults: ChainFault[] = [];
  for (let seq = 1; seq <= headSeq; seq++) {
    if (!there.has(seq)) faults.push(fault(seq, "removed", `event ${seq} is missing`));
  }
  for (const row of rows) {
    if (row.seq > headSeq) faults.push(fault(row.seq, "added", `${nameOf(row)} stands behind the journal's end`));
  }
  return faults;
}

/** Rows by the commits that wrote them; a link says how many those were. */
function commitsOf(rows: readonly ChainRow[]): { commits: readonly Commit[]; loose: readonly ChainRow[] } {
  const commits: Commit[] = [];
  const loose: ChainRow[] = [];
  let open: ChainRow[] = [];
  for (const row of rows) {
    open.push(row);
    if (row.link === null) continue;
    const marks = row.link.slice(HASH_DIGITS).match(new RegExp(`.{1,${MARK_DIGITS}}`, "g")) ?? [];
    const first = row.seq - marks.length + 1;
    loose.push(...open.filter(({ seq }) => seq < first));
    commits.push({ hash: hashOfLink(row.link), marks, rows: open.filter(({ seq }) => seq >= first) });
    open = [];
  }
  return { commits, loose: [...loose, ...open] };
}

function judgeCommit({ marks, rows }: Commit, known: ReadonlySet<string>, fault: MakeFault): ChainFault[] {
  const first = (rows.at(-1)?.seq ?? 0) - marks.length + 1;
  return rows.flatMap((row) => {
    const mark = markOf(row.leaf);
    if (mark === marks[row.seq - first]) return [];
    if (known.has(mark)) return [fault(row.seq, "reordered", `${nameOf(row)} stands where another event was`)];
    return [fault(row.seq, "changed", `${nameOf(row)} is not what was committed`)];
  });
}

function nameOf({ type, stage }: ChainRow): string {
  return stage === null ? type : `${type} of ${stage}`;
}
