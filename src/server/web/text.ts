/** `1.4 s`, `3 min 20 s`, `2 h 5 min`. */
export function span(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return rest(minutes, "min", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return rest(hours, "h", minutes % 60, "min");
  return rest(Math.floor(hours / 24), "d", hours % 24, "h");
}

function rest(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

/** `2 min ago`, `in 3 h`. */
export function ago(at: string | number, now = Date.now()): string {
  const ms = now - new Date(at).getTime();
  const text = span(Math.max(1_000, Math.round(Math.abs(ms) / 1_000) * 1_000))
    .split(" ")
    .slice(0, 2)
    .join(" ");
  if (Math.abs(ms) < 2_000) return "just now";
  return ms >= 0 ? `${text} ago` : `in ${text}`;
}

/** In the reader's own time: `22 Nov, 18:04:09`. */
export function moment(at: string | number): string {
  return new Date(at).toLocaleString(undefined, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

export function clock(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function percent(part: number | null): string {
  return part === null ? "–" : `${(part * 100).toFixed(part === 1 ? 0 : 1)} %`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
