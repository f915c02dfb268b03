// npm run bench -- [names] [--rounds 7] [--json FILE] [--markdown FILE] [--plot FILE.svg] [--only TEXT]
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { runBench } from "./harness.mjs";
import { plot } from "./plot.mjs";
import { markdown, surroundings } from "./table.mjs";

/** A bench is a module here whose `make` gives a Bench; it is loaded when it is asked for. */
const BENCHES = {
  engine: () => import("./engine.mjs"),
  peers: () => import("./peers.mjs"),
  startup: () => import("./startup.mjs"),
  validate: () => import("./validate.mjs"),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string", default: "" },
    json: { type: "string" },
    markdown: { type: "string" },
    plot: { type: "string" },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}; there are: ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}

const report = { surroundings: surroundings(), results: [] };
for (const name of names) {
  const { make } = await BENCHES[name]();
  for (const bench of await make()) {
    if (!bench.name.includes(values.only)) continue;
    report.results.push(await runBench(bench, { rounds: Number(values.rounds), say: (line) => console.error(line) }));
  }
}
const text = `${markdown(report)}\n`;
console.log(text);
if (values.markdown) write(values.markdown, text);
if (values.plot) write(values.plot, plot(report));
if (values.json) write(values.json, `${JSON.stringify(report, null, 2)}\n`);

function write(file, content) {
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, content);
}
