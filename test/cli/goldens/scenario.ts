import { PEOPLE, REFUND } from "../../support/definitions.js";

/** A command line of the story; `until` ends a command that would go on for ever, `lines` cuts what is long. */
export interface Step {
  readonly line: string;
  readonly until?: string;
  readonly lines?: number;
  /** What it prints the id of, for the steps behind it. */
  readonly keep?: readonly ("run" | "approval" | "other")[];
}

const TIMED = `apiVersion: stagecraft/v1
id: report
version: "1.0.0"
triggers: [{ id: yearly, cron: "0 3 1 1 *" }, { id: drop, file: "inbox/*.csv" }]
stages: { write: { uses: transform, with: { values: { done: true } } } }
`;

const HELD = `apiVersion: stagecraft/v1
id: held
version: "1.0.0"
stages:
  read: { uses: data.read, with: { file: in/rows.json }, onError: pause }
`;

const TESTS = `apiVersion: stagecraft/v1
kind: WorkflowTest
workflow: refund
cases:
  - name: pays what is small
    inputs: { amount: 40, reason: late }
    expect: { status: succeeded, outputs: { paid: true } }
`;

const DISCOUNT = `apiVersion: stagecraft/v1
id: fees
version: "1.0.0"
inputs: { days: { type: number } }
rulesets:
  late:
    version: "1"
    inputs: { days: "\${{ facts.days }}" }
    outputs: { fee: { type: number } }
    rules: [{ days: "<= 30", fee: 5 }, { days: "> 30", fee: 50 }]
stages:
  ask: { uses: rules, with: { ruleset: late, facts: "\${{ inputs }}" } }
`;

const CASES = `workflow: fees
ruleset: late
cases:
  - { name: a week, facts: { days: 7 }, expect: { fee: 5 } }
`;

const DMN = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="fees">
  <decision name="Late Fee"><decisionTable hitPolicy="FIRST">
    <input><inputExpression typeRef="number"><text>days</text></inputExpression></input>
    <output name="fee" typeRef="number"/>
    <rule><inputEntry><text>&gt; 30</text></inputEntry><outputEntry><text>50</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>`;

const MISTAKE = REFUND.replace("id: refund", "id: mistake").replace("[size.large]", "[size.larg]");

export const FILES = {
  "definitions/refund.workflow.yaml": REFUND,
  "definitions/refund.test.yaml": TESTS,
  "definitions/report.workflow.yaml": TIMED,
  "definitions/held.workflow.yaml": HELD,
  "drafts/mistake.workflow.yaml": MISTAKE,
  "definitions/fees.workflow.yaml": DISCOUNT,
  "tables/late.cases.yaml": CASES,
  "tables/fees.dmn": DMN,
  "stagecraft.config.yaml": PEOPLE,
};

const small = "-i amount=40 -i reason=late";
const large = "-i amount=400 -i reason=late";

/** A day with a project: every command at least once, each on what those before it left. */
export const STEPS: readonly Step[] = [
  // Before there is anything.
  { line: "help exit-codes" },
  { line: "runs ls" },
  { line: "approvals ls" },
  { line: "db status" },
  { line: "doctor" },
  { line: "runs show nonesuch" },
  // Writing.
  { line: "init started" },
  { line: "new workflow invoice" },
  { line: "new agent clerk" },
  { line: "new rules discount" },
  { line: "new stage acme/shout" },
  { line: "validate" },
  { line: "validate drafts/mistake.workflow.yaml" },
  { line: "validate --explain unknown-outcome" },
  { line: "graph refund" },
  { line: "test refund" },
  { line: "rules test tables/late.cases.yaml" },
  { line: "rules import tables/fees.dmn" },
  { line: "plugins ls", lines: 3 },
  { line: "plugins show switch" },
  { line: "plugins check acme/shout" },
  { line: "schema print", lines: 6 },
  { line: "schema install" },
  { line: "autocomplete bash", lines: 6 },
  // Running.
  { line: `run refund ${small} --dry-run` },
  { line: "run refund -i amount=-1" },
  { line: "run refnud" },
  { line: `run refund ${small}`, keep: ["run"] },
  { line: "runs ls" },
  { line: "runs show {run}" },
  { line: "runs logs {run}" },
  { line: "runs watch {run}" },
  { line: "runs export {run} -o run.json" },
  { line: "replay {run}" },
  { line: "fork {run} --from pay", keep: ["other"] },
  { line: "runs diff {run} {other}" },
  { line: "cancel {run}" },
  // People.
  { line: `run refund ${large}`, keep: ["run", "approval"] },
  { line: "approvals ls" },
  { line: "approvals show {approval}" },
  { line: "approvals link {approval} --for dana" },
  { line: "approvals answer nonesuch --outcome approved" },
  { line: "approve {approval} --as ann" },
  { line: "approve {approval} --as dana --comment fine" },
  { line: `run refund ${large}`, keep: ["run", "approval"] },
  { line: "pause {run} --reason lunch" },
  { line: "resume {run} --wait 0s" },
  { line: "reject {approval} --as dana" },
  { line: "rollback {run}" },
  // What goes wrong.
  { line: "run held", keep: ["run"] },
  { line: "retry {run}" },
  { line: "skip {run} --stage read" },
  { line: `run refund ${large} --detach`, keep: ["run"] },
  { line: "cancel {run} --reason enough" },
  // Proving and counting.
  { line: "audit ls --run {run}" },
  { line: "audit verify" },
  { line: "audit keygen" },
  { line: "audit export --out audit.jsonl" },
  { line: "audit hold {run} --reason case" },
  { line: "audit erase {run} --reason asked" },
  { line: "audit release {run} --reason closed" },
  { line: "stats" },
  { line: "stats --csv", lines: 1 },
  { line: "costs" },
  { line: "alerts ls" },
  // Looking after the database.
  { line: "db status" },
  { line: "db check" },
  { line: "db migrate" },
  { line: "db rebuild" },
  { line: "db backup copy.sqlite" },
  { line: "db archive {run} --output old" },
  { line: "db verify old/refund-{run}.jsonl" },
  { line: "db prune --older-than 1d --dry-run" },
  { line: "db copy --to moved.sqlite" },
  { line: "db restore old/refund-{run}.jsonl --db other.sqlite" },
  { line: "audit erase {run} --reason asked" },
  { line: "keys ls" },
  { line: "keys rotate" },
  // Going on by itself.
  { line: "schedule ls" },
  { line: "schedule next report" },
  { line: "schedule pause report/yearly --as dana" },
  { line: "schedule resume report/yearly" },
  { line: "schedule pause report/yaerly" },
  { line: "emit nothing.heard --data n=1" },
  { line: "token dana --role approver" },
  { line: "serve --port 0", until: "Ctrl-C ends" },
  { line: "serve --host 0.0.0.0" },
  { line: "dev --port 0", until: "Ctrl-C" },
  { line: "worker --metrics-port 0", until: "Ctrl-C ends" },
  { line: "mcp --only nonesuch" },
  { line: "demo" },
];
