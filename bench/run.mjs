// npm run bench -- [names] [--rounds 7] [--only PATTERN] [--into FILE] [--markdown FILE] [--plot FILE.svg] [--page]
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { stopAll } from "./capacity/processes.mjs";
import { runBench } from "./harness.mjs";
import { writePage } from "./page.mjs";
import { plot } from "./plot.mjs";
import { markdown, surroundings } from "./table.mjs";

/** A bench is a module here whose `make` names benches; it is loaded when it is asked for. */
const BENCHES = {
  startup: () => import("./startup.mjs"),
  validate: () => import("./validate.mjs"),
  engine: () => import("./engine.mjs"),
  large: () => import("./large.mjs"),
  modes: () => import("./modes.mjs"),
  syncs: () => import("./syncs.mjs"),
  peers: () => import("./peers.mjs"),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string", default: "" },
    into: { type: "string" },
    markdown: { type: "string" },
    plot: { type: "string" },
    page: { type: "boolean", default: false },
  },
});
const only = new RegExp(values.only);
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name) && name !== "none");
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}; there are: ${Object.keys(BENCHES).join(", ")}, or none of them: none`);
  process.exit(2);
}

/** What earlier commands measured is kept, and what is measured again replaced. */
const earlier = values.into && fs.existsSync(values.into) ? JSON.parse(fs.readFileSync(values.into, "utf8")) : [];
const results = new Map(earlier.map((result) => [result.id, result]));
const where = { ...surroundings(), commit: commit() };
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopAll().then(() => process.exit(1)));
try {
  for (const name of names) if (name !== "none") await runAll(await BENCHES[name]());
} finally {
  await stopAll();
}
const told = [...results.values()];
const text = `${markdown(told)}\n`;
console.log(text);
if (values.markdown) write(values.markdown, text);
if (values.plot) write(values.plot, plot(told));
if (values.page) writePage(told);

async function runAll({ make }) {
  const say = (line) => console.error(line);
  for (const { id, name, open } of await make()) {
    if (!only.test(`${id} ${name}`)) continue;
    const bench = await open();
    if (bench === undefined) continue;
    const result = bench.count ? await bench.count() : await runBench(bench, { rounds: Number(values.rounds), say });
    results.set(id, { ...result, where });
    if (values.into) write(values.into, JSON.stringify([...results.values()]));
  }
}

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
}

function write(file, content) {
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, content);
}
