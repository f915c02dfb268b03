import { createHash } from "node:crypto";
import { StagecraftError } from "../core/errors.js";
import type { Recorded } from "../core/event.js";
import type { ApprovalRow, DataKey, RunRecord, RunRow, StoredDefinition } from "../engine/ports.js";

/** What an archive's first line says of itself. */
const HEAD = { stagecraft: "run", format: 1 } as const;

type Line =
  | { readonly run: RunRow }
  | { readonly definition: StoredDefinition }
  | { readonly approval: ApprovalRow }
  | { readonly dataKey: DataKey }
  | Recorded;

/**
 * A run as text that needs nothing else: a line of JSON each for the format, the run, its definition, its approvals, the
 * key of what it redacts, and its events, and last the sha256 of all lines before.
 */
export function archiveText({ run, definition, approvals, dataKey, events }: RunRecord): string {
  const keys = dataKey === undefined ? [] : [{ dataKey }];
  const lines = [HEAD, { run }, { definition }, ...approvals.map((approval) => ({ approval })), ...keys, ...events];
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  return `${body}${JSON.stringify({ sha256: hashOf(body) })}\n`;
}

/** @throws StagecraftError `archive-damaged`, `archive-unknown`; `name` stands in the message */
export function readArchive(text: string, name: string): RunRecord {
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  const body = text.slice(0, end);
  const [head, ...lines] = body.split("\n").filter((line) => line !== "");
  const { stagecraft, format } = parsed<Partial<typeof HEAD>>(head ?? "", name);
  if (stagecraft !== HEAD.stagecraft || format !== HEAD.format) throw unknown(name);
  const seal = parsed<{ sha256?: string }>(text.slice(end), name);
  if (seal.sha256 !== hashOf(body)) throw damaged(name, "its hash is not that of its lines");
  return recordOf(
    lines.map((line) => parsed<Line>(line, name)),
    name,
  );
}

function recordOf(lines: readonly Line[], name: string): RunRecord {
  const [first, second, ...rest] = lines;
  if (first === undefined || !("run" in first) || second === undefined || !("definition" in second)) {
    throw damaged(name, "it lacks its run or its definition");
  }
  const approvals = rest.flatMap((line) => ("approval" in line ? [line.approval] : []));
  const events = rest.flatMap((line) => ("event" in line ? [line] : []));
  const isWhole = events.every(({ seq }, at) => seq === at + 1) && events.length === first.run.headSeq;
  if (!isWhole) throw damaged(name, "events are missing");
  const [dataKey] = rest.flatMap((line) => ("dataKey" in line ? [line.dataKey] : []));
  const record = { run: first.run, definition: second.definition, approvals, events };
  return dataKey === undefined ? record : { ...record, dataKey };
}

function parsed<T extends object>(line: string, name: string): T {
  try {
    return Object(JSON.parse(line)) as T;
  } catch {
    throw name.endsWith(".jsonl") ? damaged(name, "a line is no JSON") : unknown(name);
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function damaged(name: string, what: string): StagecraftError {
  return new StagecraftError("archive-damaged", `${name} is damaged: ${what}`, {
    kind: "environment",
    help: "Take another copy of it; nothing was read from this one.",
  });
}

function unknown(name: string): StagecraftError {
  return new StagecraftError("archive-unknown", `${name} is no archive of a run that this Stagecraft can read`, {
    help: "stagecraft db archive <run> -o <folder> writes one",
  });
}
