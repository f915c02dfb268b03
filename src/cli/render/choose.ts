import { isDumbTerminal } from "../../config.js";
import { createJsonRenderer } from "./json.js";
import { createPlainRenderer } from "./plain.js";
import type { Renderer, Shown } from "./renderer.js";

export interface RendererOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
  /** With `json`: each event as a line. */
  readonly events?: boolean;
}

const SILENT: Renderer = { listen: () => {}, recall: () => {}, tell: () => {}, stop: async () => {} };

/** Live rows on a terminal, a line an event off it, NDJSON for programs, nothing with `-q`. */
export async function createRenderer(shown: readonly Shown[], options: RendererOptions): Promise<Renderer> {
  if (options.json) return options.events ? createJsonRenderer(process.stdout) : SILENT;
  if (options.quiet) return SILENT;
  if (!isLive(process.stdout)) return createPlainRenderer(shown, process.stderr);
  const { createTtyRenderer } = await import("./tty.js");
  return createTtyRenderer(shown, process.stdout);
}

/** A terminal narrower than 20 columns, or one that cannot move its cursor, gets lines. */
function isLive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (stream.columns ?? 0) >= 20 && !isDumbTerminal();
}
