import { isRetryableStatus, type NotifyContext, retryAfterMs, StageError } from "stagecraft/plugin";

/** POSTs a JSON text. Returns the status, which is a good one. @throws StageError `webhook-url`, `webhook-status`, `webhook-network` */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { signal, atHost }: NotifyContext,
): Promise<number> {
  const place = address(url);
  const response = await atHost(place.href, async () => {
    const answered = await ask(place, body, headers, signal);
    await answered.body?.cancel();
    return answered;
  });
  if (response.ok) return response.status;
  const retryAfter = retryAfterMs((name) => response.headers.get(name), Date.now());
  throw new StageError("webhook-status", `the webhook at ${place.host} answered ${response.status}`, {
    retryable: isRetryableStatus(response.status),
    details: { status: response.status },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

// Webhook addresses carry their secret in the path: no message shows more than the host.
function address(url: string): URL {
  if (!URL.canParse(url)) throw new StageError("webhook-url", "the webhook's url cannot be read");
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new StageError("webhook-url", "the webhook's url must not carry a user and password");
  }
  return parsed;
}

async function ask(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url.href, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
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
