// Reads one file once and says as JSON what it cost: `parse` alone, without its quadratic look for double keys, or `read`
// with every check. V8 is set as `bin/run.js` sets it, for both.
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { parseDocument } from "yaml";
import { loadConfig, openApp } from "../../dist/src/index.js";
import { asCommand } from "./v8.mjs";

asCommand();
const [how, file] = process.argv.slice(2);
const text = fs.readFileSync(file, "utf8");
const app = openApp({ config: await loadConfig({ cwd: path.dirname(file) }) });
await app.registry();

const used = process.cpuUsage();
const before = performance.now();
if (how === "parse") {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0) throw document.errors[0];
  document.toJS();
} else {
  const { diagnostics, plan } = (await app.read(file)).reading;
  if (plan === undefined) throw new Error(`${diagnostics[0]?.code}: ${diagnostics[0]?.message}`);
}
const wall = performance.now() - before;
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ wall, cpu: (user + system) / 1_000 }));
