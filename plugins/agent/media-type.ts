/** First bytes of the kinds of file that models look at. */
const SIGNS: readonly (readonly [mediaType: string, isOne: (start: string) => boolean])[] = [
  ["image/png", (start) => start.startsWith("\x89PNG\r\n\x1a\n")],
  ["image/jpeg", (start) => start.startsWith("\xff\xd8\xff")],
  ["image/gif", (start) => start.startsWith("GIF87a") || start.startsWith("GIF89a")],
  ["image/webp", (start) => start.startsWith("RIFF") && start.slice(8, 12) === "WEBP"],
  ["application/pdf", (start) => start.startsWith("%PDF-")],
];

const TEXTS = new Map([
  [".csv", "text/csv"],
  [".htm", "text/html"],
  [".html", "text/html"],
  [".md", "text/markdown"],
  [".xml", "text/xml"],
]);

/** What a file is, told by its bytes; its name tells only which kind of text. Undefined: nothing a model is shown. */
export function mediaTypeOf(bytes: Uint8Array, extension: string): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  const known = SIGNS.find(([, isOne]) => isOne(start))?.[0];
  if (known !== undefined) return known;
  return isText(bytes) ? (TEXTS.get(extension.toLowerCase()) ?? "text/plain") : undefined;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
