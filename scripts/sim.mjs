/**
 * Several processes on one store with every fault that can be drawn from a seed.
 * `--seeds N` how many (default 1000), `--from SEED` where to begin, `--seed SEED` that one again, with its journals' fingerprint.
 * `--store disk`: the power fails, and only what was synced survives; `--store sqlite`: on a real file.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const jiti = createJiti(import.meta.url, { alias: { "stagecraft/plugin": here("../src/plugin/api.ts") } });
const { simulate } = await jiti.import(here("../test/sim/simulate.ts"));
const { KINDS } = await jiti.import(here("../test/sim/stores.ts"));
const { renderFailure, tally } = await jiti.import(here("../test/sim/tally.ts"));

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string" },
    seed: { type: "string" },
    store: { type: "string", default: "memory" },
  },
});
if (!KINDS.includes(values.store)) throw new Error(`--store is one of ${KINDS.join(", ")}`);
const first = Number(values.seed ?? values.from ?? 0);
const count = values.seed === undefined ? Number(values.seeds ?? 1000) : 1;

const began = Date.now();
const sum = tally();
for (let seed = first; seed < first + count; seed++) {
  const report = await simulate(seed, values.store);
  sum.add(report);
  if (report.violations.length > 0) console.log(renderFailure(report));
  if (values.seed !== undefined) console.log(JSON.stringify(report, null, 2));
  if (sum.seeds % 1000 === 0) console.log(`${sum.seeds} seeds, ${sum.failures.length} with findings`);
}
const { seeds: _, failures, add: __, ...sums } = sum;
console.log(`seeds ${first} to ${first + count - 1} in ${Math.round((Date.now() - began) / 1000)} s`);
console.log(JSON.stringify({ ...sums, findings: failures.length }));
process.exit(failures.length === 0 ? 0 : 1);
