import { isRetryableStatus, type JsonObject, type Notifier, retryAfterMs, StageError } from "stagecraft/plugin";

/**
 * POSTs the notification as JSON. `webhook-id` is the stage's idempotency key: a receiver that remembers it
 * drops what comes twice.
 */
export const webhookNotifier: Notifier = {
  name: "webhook",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["message", "url"],
    properties: {
      message: { type: "string", description: "Sent as `message`." },
      url: { type: "string", pattern: "^https?://", description: "Where to POST it." },
      data: { description: "Sent as `data`." },
    },
  },
  async send({ message, url, data }, context) {
    const body: JsonObject = {
      id: context.idempotencyKey,
      run: context.run.id,
      workflow: context.run.workflow,
      stage: context.run.stage,
      message: message ?? "",
      ...(data === undefined ? {} : { data }),
    };
    const place = address(String(url));
    const response = await context.atHost(place.href, async () => {
      const answered = await post(place, body, context.idempotencyKey, context.signal);
      await answered.body?.cancel();
      return answered;
    });
    if (response.ok) return { status: response.status };
    const retryAfter = retryAfterMs((name) => response.headers.get(name), Date.now());
    throw new StageError("webhook-status", `the webhook at ${place.host} answered ${response.status}`, {
      retryable: isRetryableStatus(response.status),
      details: { status: response.status },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  },
};

// Webhook addresses carry their secret in the path: no message shows more than the host.
function address(url: string): URL {
  if (!URL.canParse(url)) throw new StageError("webhook-url", "the webhook's url cannot be read");
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new StageError("webhook-url", "the webhook's url must not carry a user and password");
  }
  return parsed;
}

async function post(url: URL, body: JsonObject, id: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url.href, {
      method: "POST",
      headers: { "content-type": "application/json", "webhook-id": id, "idempotency-key": id },
      body: JSON.stringify(body),
      // A redirect would be followed without the body, or take it to somebody else.
      redirect: "manual",
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const cause = (error as { cause?: { code?: unknown } }).cause;
    const code = typeof cause?.code === "string" ? cause.code : "network error";
    throw new StageError("webhook-network", `the webhook at ${url.host} could not be reached: ${code}`, {
      retryable: true,
      details: { cause: code },
    });
  }
}
