import type { RedactPath } from "../core/plan.js";

const STEP = /^(?:\.([A-Za-z_][\w-]*)|\[\*\])/;

/** `inputs.people[*].name`, without its root; undefined: it is no path below `root`. */
export function redactPath(text: string, root: "inputs" | "outputs"): RedactPath | undefined {
  if (!text.startsWith(root)) return undefined;
  const path: string[] = [];
  for (let rest = text.slice(root.length); rest !== ""; ) {
    const [step, name = "*"] = STEP.exec(rest) ?? [];
    if (step === undefined) return undefined;
    path.push(name);
    rest = rest.slice(step.length);
  }
  return path.length === 0 || path[0] === "*" ? undefined : path;
}
