import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours text for one stream; plain where the stream is no terminal or NO_COLOR is set. */
export type Paint = (format: Format, text: string) => string;

export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (format, text) => styleText(format, text, { stream, validateStream: true });
}

/** How a stage or run stands, as a sign and a colour. */
const SIGNS: Readonly<Record<string, readonly [sign: string, format: Format]>> = {
  succeeded: ["✔", "green"],
  approved: ["✔", "green"],
  failed: ["✖", "red"],
  rejected: ["✖", "red"],
  expired: ["✖", "red"],
  rollbackFailed: ["✖", "red"],
  skipped: ["↷", "dim"],
  omitted: ["·", "dim"],
  cancelled: ["⊘", "yellow"],
  rolledBack: ["↺", "yellow"],
  waiting: ["◷", "yellow"],
  paused: ["‖", "yellow"],
  held: ["‖", "yellow"],
  rollingBack: ["↺", "yellow"],
  running: ["▸", "cyan"],
  queued: ["·", "dim"],
  pending: ["·", "dim"],
};

/** Other names are outcomes that a stage type or a definition brought: work done. */
export function signOf(status: string | undefined): readonly [sign: string, format: Format] {
  if (status === undefined) return ["·", "dim"];
  return Object.hasOwn(SIGNS, status) ? (SIGNS[status] as [string, Format]) : ["✔", "green"];
}

export function paintStatus(paint: Paint, status: string): string {
  const [sign, format] = signOf(status);
  return paint(format, `${sign} ${status}`);
}
