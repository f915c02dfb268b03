/**
 * Takes one safety measure out of a copy of the source at a time, and sees that the test named beside it fails.
 * Prints a table; exits 1 when a mutant survives. `--only WORD` runs those whose measure has the word in it.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const COPIED = [
  "src",
  "test",
  "plugins",
  "definitions",
  "schemas",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];

const MEMORY = "test/store/memory.test.ts";
const SQLITE = "test/store/sqlite.test.ts";
const BAD_DAYS = "test/engine/bad-days.test.ts";

/** What is taken out, where, the text that goes and the text that comes, and the test that must fail. */
const MUTANTS = [
  ["fence of a commit, memory", "src/store/memory/journal.ts", "held.row.epoch !== entry.epoch", "false", MEMORY],
  [
    "a snapshot keeps what a stage used",
    "src/core/snapshot/freeze.ts",
    "if (stage.usage !== null) more.usage = stage.usage;",
    "",
    "test/core/snapshot.test.ts",
  ],
  [
    "a try to undo has its own time",
    "src/core/timers.ts",
    "timer.at === (rollback.running ? rollback.timeoutAt : rollback.retryAt)",
    "true",
    "test/core/rollback.test.ts",
  ],
  [
    "a host has a limit",
    "src/engine/hosts.ts",
    "if (door.taken < door.limit)",
    "if (true)",
    "test/engine/hosts.test.ts",
  ],
  [
    "who waits for a host lends its slot",
    "src/engine/hosts.ts",
    "asker.requests === 0 && !asker.isLent",
    "false",
    "test/engine/hosts.test.ts",
  ],
  [
    "fence of a commit, SQLite",
    "src/store/knex/migrations/0001-initial.ts",
    "AND epoch = new.epoch AND head_seq = new.expected_seq",
    "",
    SQLITE,
  ],
  [
    "work done once only, memory",
    "src/store/memory/journal.ts",
    "if (held.done.has(event.stage) || now.has(event.stage))",
    "if (false)",
    MEMORY,
  ],
  [
    "consumed messages go, memory",
    "src/store/memory/journal.ts",
    "if (entry.consumed.length > 0)",
    "if (false)",
    MEMORY,
  ],
  [
    "consumed messages go, SQLite",
    "src/store/knex/journal.ts",
    "await consumeMessages(queries, entry.run, entry.consumed);",
    "",
    SQLITE,
  ],
  [
    "clock or person, who came first, memory",
    "src/store/memory/people.ts",
    'if (row.status !== "open") return row.status === "expired";',
    "",
    MEMORY,
  ],
  [
    "clock or person, who came first, SQLite",
    "src/store/knex/people.ts",
    'if (row.status !== "open") return row.status === "expired";',
    "",
    SQLITE,
  ],
  ["a dead owner's lease is free, memory", "src/store/memory/leases.ts", "|| owner.isDead(row.owner)", "", MEMORY],
  [
    "a dead owner's lease is free, SQLite",
    "src/store/knex/leases.ts",
    "holder.owner === null || !owner.isDead(holder.owner)",
    "true",
    SQLITE,
  ],
  [
    "an effect begins after its start is on disk",
    "src/engine/effects.ts",
    "this.#writer.afterDurable(() => void this.#run(command, flight));",
    "void this.#run(command, flight);",
    "test/engine/drive.test.ts",
  ],
  [
    "a lost attempt is recorded",
    "src/core/recover.ts",
    'events.push({ type: "attemptLost", at, stage: stage.path, attempt: stage.attempts });',
    "",
    "test/core/journal.test.ts",
  ],
  [
    "one legality row",
    "src/core/apply.ts",
    'attemptLost: ["running"]',
    'attemptLost: ["running", "ended"]',
    "test/core/journal.test.ts",
  ],
  [
    "the legality check",
    "src/core/apply.ts",
    "if (!legal.includes(stage.status))",
    "if (false)",
    "test/core/journal.test.ts",
  ],
  [
    "nothing begins on a lease that ran out",
    "src/engine/writer.ts",
    "this.#host.clock.now() >= entry.leaseUntil",
    "false",
    BAD_DAYS,
  ],
  [
    "a failed commit gives slots back",
    "src/engine/writer.ts",
    "for (const callback of [...after, ...this.#after.splice(0)]) callback(false);",
    "",
    BAD_DAYS,
  ],
  [
    "a run that could go on is not listed as waiting",
    "src/engine/drive.ts",
    "this.#isIdle = !needsSlot && !this.#isStopping;",
    "this.#isIdle = true;",
    BAD_DAYS,
  ],
  ["a deaf effect gives its slot back", "src/engine/effects.ts", "this.#slots.giveUp();", "", BAD_DAYS],
  ["stopping does not spin", "src/engine/drive.ts", "|| this.#isStopping ||", "||", BAD_DAYS],
  [
    "a lease nobody renews is given up",
    "src/engine/watch.ts",
    "return age < LEASE_MS ? undefined : this.#hooks.lost();",
    "return;",
    BAD_DAYS,
  ],
  [
    "an approval expires after it is on disk",
    "src/engine/drive.ts",
    "if (!(await new Promise<boolean>((resolve) => this.#writer.afterDurable(resolve)))) return;",
    "",
    "test/sim/sim.test.ts",
  ],
  [
    "a finished iteration is not done again",
    "src/core/reopen.ts",
    "if (isDone) openIteration",
    "if (false) openIteration",
    "test/core/stranded.test.ts",
  ],
  [
    "a run is pinned with the commit that says so, memory",
    "src/store/memory/journal.ts",
    "if (entry.definition !== undefined) {",
    "if (false) {",
    MEMORY,
  ],
  [
    "a run is pinned with the commit that says so, SQLite",
    "src/store/knex/journal.ts",
    'await queries.table("runs").where({ id: entry.run }).update({ definition, version });',
    "",
    SQLITE,
  ],
  [
    "a moved run leaves nothing to do inside of what has ended",
    "src/core/migrate.ts",
    "...strandedIn(state)",
    "",
    "test/engine/migrate.test.ts",
  ],
  [
    "a moved run has broken no policy",
    "src/core/migrate.ts",
    "if (fault !== undefined) faults.set",
    "if (false) faults.set",
    "test/engine/migrate.test.ts",
  ],
  [
    "a paused run keeps its last part",
    "src/core/conclude.ts",
    "if (state.paused !== null && state.plan.workflow.finally !== undefined) return undefined;",
    "",
    "test/core/stranded.test.ts",
  ],
  [
    "a snapshot of other code is not used",
    "src/engine/snapshots.ts",
    "if (by !== nameOf(definition.hash)) return undefined;",
    "",
    "test/engine/snapshots.test.ts",
  ],
  [
    "a retry comes again from a snapshot",
    "src/core/snapshot/thaw.ts",
    'if (stage.retryAt !== null) pushTimer(state, "retry", stage.retryAt, stage);',
    "",
    "test/core/snapshot.test.ts",
  ],
  [
    "what was omitted is dealt with",
    "src/core/reopen.ts",
    'dead.keep((stage) => stage.status === "pending");',
    "",
    "test/core/reopen.test.ts",
  ],
  [
    "a retry waits for its time after a restart",
    "src/core/decide.ts",
    "if (retryAt === null || retryAt <= now) return stage;",
    "return stage;",
    "test/engine/drive.test.ts",
  ],
  [
    "a run that is asked for something stays",
    "src/store/knex/upkeep.ts",
    '.whereNotIn("run_no", queries.table("inbox").select("run_no"))',
    "",
    SQLITE,
  ],
];

const { values } = parseArgs({ options: { only: { type: "string" } } });
const chosen = MUTANTS.filter(([measure]) => values.only === undefined || measure.includes(values.only));
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "mutants-"));
let survived = 0;
try {
  for (const name of COPIED) fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  fs.symlinkSync(fs.realpathSync(path.join(root, "node_modules")), path.join(copy, "node_modules"));
  console.log("| taken out | where | test that must fail | |\n| --- | --- | --- | --- |");
  for (const mutant of chosen) {
    const verdict = verdictOn(mutant);
    if (verdict !== "killed") survived += 1;
    const [measure, file, , , test] = mutant;
    console.log(`| ${measure} | \`${file}\` | \`${test}\` | ${verdict} |`);
  }
} finally {
  fs.rmSync(copy, { recursive: true, force: true });
}
console.log(`\n${chosen.length - survived} of ${chosen.length} killed`);
process.exitCode = survived === 0 ? 0 : 1;

/** `killed`, `survived`, or `stale`: the text that goes is not there any more, and the list must be mended. */
function verdictOn([, file, from, to, test]) {
  const place = path.join(copy, file);
  const text = fs.readFileSync(place, "utf8");
  if (text.split(from).length !== 2) return "stale";
  fs.writeFileSync(place, text.replace(from, to));
  try {
    const vitest = path.join(copy, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", test, "--bail", "1", "--testTimeout", "20000"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", timeout: 120_000 });
    // A test file that does not even load kills nothing.
    const failed = /Tests\s.*\bfailed\b/.test(stripAnsi(stdout));
    return status !== 0 && failed ? "killed" : status === 0 ? "survived" : `unclear (${status})`;
  } finally {
    fs.writeFileSync(place, text);
  }
}

function stripAnsi(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
