import type { JsonObject } from "../../core/json.js";
import type { StageType } from "../../plugin/api.js";
import type { Findings, Path } from "../findings.js";
import type { Scope } from "../types/scope.js";

const READERS = {
  shell: { danger: "commands", help: "pass it as an argument or in the environment" },
  sql: { danger: "SQL", help: "write :name in the text and the value under `params`" },
  url: { danger: "part of the address", help: "write the address out, or pass it under `query`" },
} as const;

/**
 * Text that somebody else chose, in fields that a shell, a database or a network reads as its own language. An error
 * for a shell; elsewhere a warning, for an address may be meant to be given.
 */
export function checkUntrusted(
  type: StageType | undefined,
  input: JsonObject,
  path: Path,
  scope: Scope,
  findings: Findings,
): void {
  for (const [field, reader] of Object.entries(type?.sensitive ?? {})) {
    const text = Object.hasOwn(input, field) ? input[field] : undefined;
    if (typeof text !== "string" || !text.includes("${{") || findings.hasErrorAt([...path, field])) continue;
    for (const { start, end, names } of scope.untrusted(text)) {
      // What follows the path of an address is data.
      if (reader === "url" && /[?#]/.test(text.slice(0, start))) continue;
      const { danger, help } = READERS[reader];
      const list = names.map((name) => `\`${name}\``).join(", ");
      findings[reader === "shell" ? "error" : "warning"](
        "untrusted-text",
        { path: [...path, field], extent: { start, end } },
        `${list} may be any text, and would become ${danger}`,
        `${help}, or give it an \`enum\` or a \`pattern\` of plain signs`,
      );
    }
  }
}
