import { type Json, StageError } from "stagecraft/plugin";

/** Reads an answer as it arrives and stops at the limit, so that an endless one costs no memory. */
export async function readLimited(response: Response, maxBytes: number, place: string): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.byteLength;
    if (size > maxBytes) {
      throw new StageError("http-too-large", `${place} answered with more than ${maxBytes} bytes (maxBytes)`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** JSON where the content type says so, text where the bytes are text, else base64. */
export function decodeBody(
  response: Response,
  bytes: Uint8Array,
  place: string,
): { readonly body: Json; readonly encoding?: "base64" } {
  if (bytes.byteLength === 0) return { body: null };
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const text = asText(bytes);
  if (text === undefined) return { body: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  if (!/[/+]json$/.test(type)) return { body: text };
  try {
    return { body: JSON.parse(text) as Json };
  } catch {
    throw new StageError("http-bad-json", `${place} says it answers JSON, and the answer is not JSON`, {
      details: { body: text.slice(0, 2_000) },
    });
  }
}

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
