import { isObject, type JsonObject } from "stagecraft/plugin";
import { readBody, readDefault } from "./body.js";
import { readInputs, readOutputs } from "./columns.js";
import { type Finding, fault } from "./finding.js";
import { AGGREGATES, type Aggregate, HIT_POLICIES, type HitPolicy, type Table } from "./model.js";
import { readRows } from "./rows.js";

export interface ReadTable {
  /** Only without findings. */
  readonly table?: Table;
  readonly findings: readonly Finding[];
}

const KEYS = ["version", "title", "description", "hit", "aggregate", "inputs", "outputs", "rules", "default"];
const read = new WeakMap<JsonObject, ReadTable>();

/** Reads a ruleset once; asking again with the same object costs nothing. */
export function readTable(ruleset: JsonObject): ReadTable {
  const known = read.get(ruleset);
  if (known !== undefined) return known;
  const fresh = readFresh(ruleset);
  read.set(ruleset, fresh);
  return fresh;
}

function readFresh(ruleset: JsonObject): ReadTable {
  const findings: Finding[] = [];
  for (const key of Object.keys(ruleset)) {
    if (!KEYS.includes(key) && !key.startsWith("x-")) {
      findings.push({ ...fault("rules-table", [key], `a ruleset has no \`${key}\``, KEYS.join(", ")), atKey: true });
    }
  }
  const { hit, aggregate } = readPolicy(ruleset, findings);
  const drafts = readInputs(ruleset.inputs, findings);
  const outputs = readOutputs(ruleset.outputs, findings);
  // Without columns every row would be wrong.
  if (outputs.length === 0) return { findings };
  for (const { name } of drafts) {
    if (outputs.some((output) => output.name === name)) {
      findings.push(fault("rules-column", ["outputs", name], `${name} is an input column already`));
    }
  }
  if (aggregate !== undefined && outputs.length > 1) {
    findings.push(fault("rules-output", ["outputs"], "an aggregate is over one output column"));
  }
  if ((hit === "priority" || hit === "outputOrder") && !outputs.some((output) => output.priority)) {
    const help = "list an output's values, the most important first: tier: [board, director]";
    findings.push(fault("rules-output", ["outputs"], `\`hit: ${hit}\` needs an output with listed values`, help));
  }
  const raw = readRows(ruleset.rules);
  findings.push(...raw.findings);
  const { inputs, rows } = readBody(raw.rows, drafts, outputs, findings);
  const fallback = isObject(ruleset.default) ? readDefault(ruleset.default, outputs, findings) : undefined;
  if (ruleset.default !== undefined && fallback === undefined) {
    findings.push(fault("rules-table", ["default"], "`default` gives every output column a value"));
  }
  if (findings.length > 0) return { findings };
  const table: Table = {
    hit,
    inputs,
    outputs,
    rows,
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(fallback === undefined ? {} : { fallback }),
  };
  return { table, findings };
}

function readPolicy(ruleset: JsonObject, findings: Finding[]): { hit: HitPolicy; aggregate?: Aggregate } {
  const hit = ruleset.hit ?? "unique";
  const { aggregate } = ruleset;
  if (!(HIT_POLICIES as readonly unknown[]).includes(hit)) {
    findings.push(fault("rules-table", ["hit"], `${String(hit)} is no hit policy`, HIT_POLICIES.join(", ")));
  }
  if (aggregate === undefined) return { hit: hit as HitPolicy };
  if (!(AGGREGATES as readonly unknown[]).includes(aggregate)) {
    findings.push(fault("rules-table", ["aggregate"], `${String(aggregate)} is no aggregate`, AGGREGATES.join(", ")));
  } else if (hit !== "collect") {
    findings.push(fault("rules-table", ["aggregate"], "an aggregate goes with `hit: collect`"));
  }
  return { hit: hit as HitPolicy, aggregate: aggregate as Aggregate };
}
