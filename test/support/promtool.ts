import { programOf } from "./debian.js";

/** Prometheus's own checker. Undefined, with the reason told, where it is not to be had. */
export function promtool(): string | undefined {
  const found = programOf("promtool", "prometheus", "bin", "--version");
  if (typeof found !== "string") return found.file;
  console.warn(`the alert rules were not checked: ${found}`);
  return undefined;
}
