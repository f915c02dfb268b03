import { StageError } from "stagecraft/plugin";

/** Of one answer with all that is around it, whole or streamed: bytes. A long one with a chunk a token has some millions. */
const MAX_BYTES = 32 * 1024 * 1024;

/** `fetch`, of whose body no more is read: a server that never ends must not fill the memory. */
export async function cappedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let left = MAX_BYTES;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.byteLength;
      if (left < 0) controller.error(endless());
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
}

function endless(): StageError {
  const message = `the model's answer did not end within ${MAX_BYTES / 1024 / 1024} MB, and nothing of it is kept`;
  return new StageError("agent-output-endless", `${message}: set limits.maxOutputTokens, and look at the server`);
}
