import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import {
  type AgentAttachment,
  type AgentProvider,
  type JsonObject,
  type StageContext,
  StageError,
} from "stagecraft/plugin";
import { mediaTypeOf } from "./media-type.js";

/** Of all attachments of a stage together: bytes. */
const MAX_BYTES = 20 * 1024 * 1024;
const MAX_TEXT = `${MAX_BYTES / 1024 / 1024} MB`;

/** What is known of an attachment, as the journal keeps it: never its bytes. A type, to count as JSON. */
type Facts = {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
};

/**
 * What a stage attaches: paths of files in the project, and `data:` addresses. What each one is stands in the journal
 * before anything is asked, so that a conversation taken up again shows the model the same, or fails.
 * @throws StageError `attachment-missing`, `attachment-hidden`, `attachment-too-large`, `attachment-type`,
 * `attachment-secret`, `attachment-data`, `attachment-changed`, `attachment-unsupported`, `path-outside-project`
 */
export async function attachmentsOf(
  given: JsonObject,
  provider: AgentProvider,
  context: StageContext,
): Promise<readonly AgentAttachment[]> {
  const places = (given["attachments"] ?? []) as readonly string[];
  if (places.length === 0) return [];
  const kept = await context.record("attachments", async () => ({ value: await factsOf(places, context) }));
  for (const { name, mediaType } of kept) {
    if (provider.takes?.(mediaType) !== true) throw unsupported(provider, name, mediaType);
  }
  return kept.map((facts, index) => ({ ...facts, read: () => readAgain(places[index] ?? "", facts, context) }));
}

async function factsOf(places: readonly string[], context: StageContext): Promise<Facts[]> {
  const found: Facts[] = [];
  let left = MAX_BYTES;
  for (const [index, place] of places.entries()) {
    const bytes = await bytesOf(place, left, context);
    left -= bytes.length;
    const name = isData(place) ? `attachment-${index + 1}` : basename(place);
    const mediaType = mediaTypeOf(bytes, extname(name));
    if (mediaType === undefined) {
      const message = `${name} is neither an image (PNG, JPEG, WebP, GIF), a PDF nor UTF-8 text`;
      throw new StageError("attachment-type", `${message}: convert it first`);
    }
    if (holdsKey(bytes, mediaType)) {
      throw new StageError("attachment-secret", `${name} holds a private key, which is not sent to a model`);
    }
    found.push({ name, mediaType, bytes: bytes.length, sha256: hashOf(bytes) });
  }
  return found;
}

/** Who may name a path must not get at the keys that lie beside the project's other files. */
function holdsKey(bytes: Uint8Array, mediaType: string): boolean {
  return (
    mediaType.startsWith("text/") && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(Buffer.from(bytes).toString("utf8"))
  );
}

async function readAgain(place: string, { name, sha256 }: Facts, context: StageContext): Promise<Uint8Array> {
  const bytes = await bytesOf(place, MAX_BYTES, context);
  if (hashOf(bytes) === sha256) return bytes;
  const message = `${name} is another file than when this stage began: the model would see what the journal does not name`;
  throw new StageError("attachment-changed", message);
}

async function bytesOf(place: string, most: number, context: StageContext): Promise<Uint8Array> {
  if (isData(place)) {
    const bytes = dataOf(place);
    checkSize(bytes.length, "an attached `data:` address", most);
    return bytes;
  }
  if (place.split(/[\\/]/).some((part) => part.startsWith(".") && part !== "." && part !== "..")) {
    const message = `${place} is hidden: what begins with a dot is not sent to a model`;
    throw new StageError("attachment-hidden", `${message}; copy it elsewhere if it is meant to be`);
  }
  const file = context.file(place);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    throw new StageError("attachment-missing", `there is no file ${place} in the project to attach`);
  }
  checkSize(found.size, place, most);
  return readFile(file);
}

function checkSize(bytes: number, name: string, most: number): void {
  if (bytes <= most) return;
  const message = `${name} has ${bytes} bytes; the attachments of a stage have at most ${MAX_TEXT} together`;
  throw new StageError("attachment-too-large", message);
}

function isData(place: string): boolean {
  return place.startsWith("data:");
}

/** The bytes of `data:image/png;base64,…`. What type it says is of no account: its bytes say it. */
function dataOf(address: string): Uint8Array {
  const [, encoded] = /^data:[^,]*;base64,([A-Za-z0-9+/]+={0,2})$/.exec(address) ?? [];
  if (encoded !== undefined && encoded.length % 4 === 0) return Buffer.from(encoded, "base64");
  throw new StageError("attachment-data", "an attached `data:` address must be base64: data:image/png;base64,…");
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function unsupported(provider: AgentProvider, name: string, mediaType: string): StageError {
  const message = `provider ${provider.name} (${provider.title}) takes no ${mediaType}, which ${name} is`;
  return new StageError("attachment-unsupported", `${message}: ask a model that does, such as with --provider openai`);
}
