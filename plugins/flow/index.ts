import { definePlugin, defineStage } from "stagecraft/plugin";

/** A graph inside the graph. Its inner stages stand under `stages`, beside `uses`. */
const group = defineStage({
  kind: "group",
  name: "group",
  title: "Group",
  description:
    "A nested graph that is skipped, retried, repeated, fanned out or compensated as one. Its `outputs` may read the inner stages.",
  examples: [
    "uses: group\nstages:\n  ask: { uses: wait, with: { duration: 1s } }\n  answer: { needs: [ask], uses: wait, with: { duration: 1s } }\n",
  ],
  input: { type: "object", additionalProperties: false, properties: {} },
  output: { type: "object" },
});

/** Another definition as a part of this one. */
const workflow = defineStage({
  kind: "workflow",
  name: "workflow",
  title: "Sub-workflow",
  description:
    "Runs another workflow inside this run; its outputs are the stage's. With `detach` it is a run of its own, and this one goes on. Its plan is kept with the run.",
  examples: [
    "uses: workflow\nwith:\n  workflow: vendor-lookup\n  inputs: { vendor: ACME }\n",
    "uses: workflow\nwith:\n  workflow: vendor-audit\n  inputs: { vendor: ACME }\n  detach: true\n",
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["workflow"],
    properties: {
      workflow: { type: "string", description: "Id of a loaded workflow. Constant.", examples: ["vendor-lookup"] },
      inputs: { type: "object", description: "Its inputs, by name." },
      detach: {
        type: "boolean",
        default: false,
        description: "Start a run of its own and do not wait for it. Constant.",
      },
    },
  },
  output: (info) =>
    info.with["detach"] === true
      ? {
          type: "object",
          required: ["runId", "workflow"],
          properties: {
            runId: { type: "string", description: "The run that was started." },
            workflow: { type: "string", description: "What it runs." },
          },
        }
      : { type: "object" },
});

/** Stops here. */
const end = defineStage({
  kind: "end",
  name: "end",
  title: "End the run",
  description: "Ends the run at once with a status: what has not started is cancelled.",
  examples: ["uses: end\nwith:\n  status: cancelled\n  message: Withdrawn by the requester\n"],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["status"],
    properties: {
      status: { type: "string", enum: ["succeeded", "failed", "cancelled"], description: "How the run ends." },
      message: { type: "string", description: "Why, for people." },
      outputs: { type: "object", description: "The run's outputs, instead of the definition's." },
    },
  },
  output: { type: "object", additionalProperties: false, properties: {} },
});

export default definePlugin({ name: "flow", version: "1.0.0", apiVersion: 1, stages: [group, workflow, end] });
