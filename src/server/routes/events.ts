import { StagecraftError } from "../../core/errors.js";
import { type Route, refuseReadOnly, route } from "../route.js";
import { Received, Said } from "../schema/documents.js";
import { SayEvent } from "../schema/requests.js";

const tag = "events";

const say = route({
  method: "post",
  path: "/events",
  id: "sayEvent",
  summary:
    "Say an event to the runs that wait for it and to the definitions that start by it. Durable when it answers.",
  tag,
  needs: "operate",
  body: SayEvent,
  headers: { "Idempotency-Key": "the same key and name twice is one event; so is the same `id`" },
  answers: { 202: { description: "said", schema: Said } },
  async handle({ body: { name, data = {}, id: given }, by, context }, { project }) {
    const id = given ?? (context.req.header("idempotency-key") || undefined);
    const said = await project.events.say({ name, data, by: by.actor.user, ...(id !== undefined && { id }) });
    project.nudge();
    return { status: 202, body: { ...said } };
  },
});

const receive = route({
  method: "post",
  path: "/hooks/{workflow}/{trigger}",
  id: "receiveWebhook",
  summary: "A request for a webhook trigger, proven by its signature and not by a token.",
  tag,
  needs: null,
  rawBody: "what the sender has to say, as it was signed",
  headers: {
    "webhook-id": "names the delivery: the same one twice starts one run",
    "webhook-timestamp": "when it was sent, in seconds since 1970",
    "webhook-signature": "`v1,` and HMAC-SHA256 of `id.timestamp.body` in base64",
    "X-Hub-Signature-256": "instead of these, where the trigger says `scheme: github`",
  },
  answers: {
    202: { description: "a run was started, or will be when it is its turn", schema: Received },
    200: { description: "known already, or of no interest: no run was started", schema: Received },
  },
  async handle({ param, context }, desk) {
    refuseReadOnly(desk);
    const body = new Uint8Array(await context.req.arrayBuffer());
    const id = `${param("workflow")}/${param("trigger")}`;
    if (!/^[\w.-]+\/\w+$/.test(id)) throw new StagecraftError("unknown-webhook", "there is no such webhook");
    const received = await desk.project.events.receive(id, { header: (name) => context.req.header(name), body });
    desk.project.nudge();
    if (received.run === null) {
      return { status: received.because === "queued" ? 202 : 200, body: { run: null, because: received.because } };
    }
    // Whoever only has the secret of a webhook is told which run it is, and nothing of what is in it.
    return { status: received.created ? 202 : 200, body: { run: received.run.id, because: null } };
  },
});

export const eventRoutes: readonly Route[] = [say, receive];
