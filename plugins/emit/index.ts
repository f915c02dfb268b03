import { definePlugin, defineStage, isObject, type JsonObject, type StageContext, StageError } from "stagecraft/plugin";

/** Says that something happened, to other runs and to other systems. */
const emit = defineStage({
  kind: "effect",
  name: "emit",
  title: "Emit an event",
  leavesNothing: true,
  description:
    "Says an event to every run that waits for it by `wait`, exactly once however often it is tried, and to a webhook if there is one.",
  examples: [
    "uses: emit\nwith:\n  event: paymentReceived\n  data: { invoice: A-17 }\n",
    "uses: emit\nwith:\n  event: batchDone\n  webhook: https://hooks.example.org/batches\n",
  ],
  input: {
    type: "object",
    additionalProperties: false,
    required: ["event"],
    properties: {
      event: { type: "string", minLength: 1, description: "The event's name.", examples: ["paymentReceived"] },
      data: { type: "object", description: "Its data: what `match` of a wait is compared with." },
      atLeast: {
        type: "integer",
        minimum: 0,
        default: 0,
        description:
          "With fewer runs waiting nothing is said, and the stage fails with emit-unheard, which may be retried.",
      },
      webhook: { type: "string", pattern: "^https?://", description: "Where it is POSTed as well." },
    },
  },
  output: {
    type: "object",
    required: ["delivered"],
    properties: {
      delivered: { type: "integer", description: "Runs that waited for it." },
      status: { type: "integer", description: "What the webhook answered." },
    },
  },
  async run(input, context) {
    const name = String(input["event"]);
    const data = isObject(input["data"]) ? input["data"] : {};
    const atLeast = Number(input["atLeast"] ?? 0);
    const delivered = await context.emit(name, data, atLeast);
    if (delivered < atLeast) throw unheard(name, delivered, atLeast);
    return { outputs: { delivered, ...(await post(input["webhook"], name, data, context)) } };
  },
});

export default definePlugin({ name: "emit", version: "1.0.0", apiVersion: 1, stages: [emit] });

async function post(url: unknown, event: string, data: JsonObject, context: StageContext): Promise<JsonObject> {
  if (typeof url !== "string") return {};
  // A second try must not call again where the first one's answer is known.
  return context.record("webhook", async () => ({
    value: await context.notifier("webhook").send({ message: event, url, data }, context),
  }));
}

function unheard(name: string, delivered: number, atLeast: number): StageError {
  const runs = delivered === 1 ? "one run waits" : `${delivered} runs wait`;
  return new StageError("emit-unheard", `${delivered === 0 ? "no run waits" : runs} for ${name}, not ${atLeast}`, {
    retryable: true,
    details: { delivered },
  });
}
