// The stages of Stagecraft's side, as a project would bring them: with schemas, which are checked at every stage.
const input = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: { id: { type: "string", description: "The stage's own name." } },
};
const output = {
  type: "object",
  required: ["id", "value"],
  properties: { id: { type: "string" }, value: { type: "string" } },
};
const stage = (name, kind, run) => ({
  name,
  kind,
  title: name,
  description: "Says that it ran.",
  examples: [`uses: ${name}\nwith: { id: a }\n`],
  input,
  output,
  run,
});
const outputs = ({ id }, { run }) => ({ outputs: globalThis.stagecraftBench.stage(run.id, id) });

export default {
  name: "bench/stages",
  version: "1.0.0",
  apiVersion: 1,
  stages: [
    stage("bench/work", "effect", async (given, context) => outputs(given, context)),
    stage("bench/think", "pure", outputs),
  ],
};
