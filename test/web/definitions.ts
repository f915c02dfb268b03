/** An effect that ends when the file `go` is there: the test says when the page has to move. */
const PLUGIN = `import fs from "node:fs";
import { definePlugin } from "stagecraft/plugin";
const hold = {
  name: "test/hold", kind: "effect", title: "Hold", description: "Holds.",
  input: { type: "object" }, output: { type: "object" },
  async run(input, context) {
    while (!fs.existsSync(input.until) && !context.signal.aborted) await new Promise((r) => setTimeout(r, 20));
    return { outputs: { held: true } };
  },
};
export default definePlugin({ name: "test-hold", version: "1.0.0", apiVersion: 1, stages: [hold] });
`;

const ASK = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
title: Ask somebody
inputs:
  amount: { type: number, description: Euros }
  until: { type: string }
stages:
  sum: { uses: transform, with: { values: { total: "\${{ inputs.amount * 2 }}" } } }
  hold: { needs: [sum], uses: test/hold, with: { until: "\${{ inputs.until }}" } }
  gate:
    needs: [hold]
    uses: approval
    with:
      title: "Pay \${{ inputs.amount }} euros?"
      message: The budget is known to you.
      approvers: [heidi]
      expires: 3d
      show: { amount: "\${{ inputs.amount }}" }
      form: { type: object, required: [budget], properties: { budget: { type: string, description: Where it is booked } } }
  paid: { needs: [gate.approved], uses: transform, with: { values: { ok: true } } }
  refused: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: end, with: { status: failed, message: "no" } }
`;

const WRONG = `apiVersion: stagecraft/v1
id: wrong
version: "1.0.0"
stages:
  a: { uses: transform, needs: [nobody], with: { values: { x: 1 } } }
`;

/** The second trigger is never met. */
const TIMED = `apiVersion: stagecraft/v1
id: timed
version: "1.0.0"
triggers:
  - { id: daily, cron: "0 3 * * *", timezone: Europe/Berlin }
  - { id: drop, file: "inbox/*.csv" }
stages:
  a: { uses: transform, with: { values: { x: 1 } } }
`;

/** A project that every page of the dashboard has something of. */
export const FILES = {
  "definitions/timed.workflow.yaml": TIMED,
  "plugins/hold.ts": PLUGIN,
  "definitions/ask.workflow.yaml": ASK,
  "definitions/wrong.workflow.yaml": WRONG,
};
