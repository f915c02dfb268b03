import { formatDuration } from "../../core/duration.js";
import { type StageProgress, timeLeft } from "./progress.js";

const WIDTH = 24;
/** Eighths of a block, the empty one first. */
const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** `██████▌░░░░░░░░ 412/1000  41%  about 12s left`, of a stage that goes over a list; undefined of any other. */
export function barOf(stage: StageProgress): string | undefined {
  const { items, itemsEnded } = stage;
  if (items === undefined || items === 0) return undefined;
  const share = Math.min(1, itemsEnded / items);
  const eighths = Math.floor(share * WIDTH * 8);
  const full = `${"█".repeat(Math.floor(eighths / 8))}${PARTS[eighths % 8]}`;
  const left = timeLeft(stage);
  // To the second: what moves with every item cannot be read.
  const eta = left === undefined ? "" : `  about ${formatDuration(Math.max(1, Math.round(left / 1000)) * 1000)} left`;
  return `${full.padEnd(WIDTH, "░")} ${itemsEnded}/${items}  ${Math.floor(share * 100)}%${eta}`;
}
