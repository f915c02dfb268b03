import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { differences } from "../core/differences.js";
import { StagecraftError, StageError } from "../core/errors.js";
import { canonicalText, isObject, type Json } from "../core/json.js";
import type { AgentProvider, AgentReply, AgentRequest } from "../plugin/api.js";
import type { Mask } from "./mask.js";

/** What models answered, kept to be given again; or how it comes to be kept. */
export interface Cassette {
  /** The answer to a request that has no secrets in it any more. @throws StageError `cassette-miss` */
  answer(request: Json, ask: () => Promise<AgentReply>, mask: Mask): Promise<AgentReply>;
  /** True: nobody is asked, so nothing costs money. */
  readonly isReplay: boolean;
}

/** One call, as its file has it. Headers and keys never come this far. */
interface Recording {
  readonly cassette: 1;
  /** sha256 of the request, hex. */
  readonly key: string;
  /** The how-manieth of equal requests, from 1. */
  readonly call: number;
  readonly request: Json;
  readonly reply: Json;
}

/** The provider with a cassette before it. */
export function taped(provider: AgentProvider, cassette: Cassette, mask: Mask): AgentProvider {
  const own: Partial<AgentProvider> = {
    ...(cassette.isReplay ? { price: () => ({ input: 0, output: 0 }) } : {}),
    complete: (request, context) =>
      cassette.answer(
        mask.json(JSON.parse(JSON.stringify(request)) as Json),
        () => provider.complete(request, context),
        mask,
      ),
  };
  // All else is as the provider has it, methods of a class included.
  return Object.assign(Object.create(provider) as AgentProvider, own);
}

/** Asks, and keeps each answer in a file of its own. Files of earlier recordings of the same calls are replaced. */
export function recorder(folder: string): Cassette {
  const count = counter();
  return {
    isReplay: false,
    async answer(request, ask, mask) {
      const key = keyOf(request);
      const call = count(key);
      const reply = await ask();
      keep(folder, { cassette: 1, key, call, request, reply: mask.json(reply as unknown as Json) });
      return reply;
    },
  };
}

/**
 * Gives what was recorded and asks nobody. Of equal requests each gets its own answer, and those beyond the last its.
 * @throws StagecraftError `cassette-unusable`
 */
export function player(folder: string): Cassette {
  const recordings = readAll(folder);
  const count = counter();
  return {
    isReplay: true,
    async answer(request) {
      const key = keyOf(request);
      const call = count(key);
      const known = recordings.filter((recording) => recording.key === key).sort((a, b) => a.call - b.call);
      const found = known.findLast((recording) => recording.call <= call) ?? known[0];
      if (found === undefined) throw missed(folder, request, recordings);
      const reply = found.reply as unknown as AgentReply;
      return { ...reply, usage: { ...reply.usage, usd: 0 } };
    },
  };
}

function keyOf(request: Json): string {
  return createHash("sha256").update(canonicalText(request)).digest("hex");
}

function counter(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const next = (counts.get(key) ?? 0) + 1;
    counts.set(key, next);
    return next;
  };
}

/** Whole or not at all: who reads while it is written finds the old file or the new one. */
function keep(folder: string, recording: Recording): void {
  const { key, call } = recording;
  const agent = agentOf(recording.request).replace(/[^\w-]/g, "_");
  const file = path.join(folder, `${agent}-${key.slice(0, 16)}${call === 1 ? "" : `-${call}`}.json`);
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(draft, `${JSON.stringify(recording, null, 2)}\n`);
    fs.renameSync(draft, file);
  } catch (error) {
    const message = `the answer cannot be kept in ${folder}: ${(error as Error).message}`;
    throw new StageError("cassette-unusable", message, { cause: error });
  }
}

function readAll(folder: string): readonly Recording[] {
  if (!fs.existsSync(folder)) {
    const help = "record them first, with `--record` of the same folder";
    throw new StagecraftError("cassette-unusable", `there is no folder of recordings ${folder}`, { help });
  }
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => readOne(path.join(folder, name)));
}

function readOne(file: string): Recording {
  const parsed = parse(fs.readFileSync(file, "utf8"));
  const isWhole =
    isObject(parsed) &&
    parsed["cassette"] === 1 &&
    typeof parsed["key"] === "string" &&
    typeof parsed["call"] === "number" &&
    isObject(parsed["request"]) &&
    isObject(parsed["reply"]) &&
    Array.isArray(parsed["reply"]["toolCalls"]) &&
    isObject(parsed["reply"]["usage"]);
  if (isWhole) return parsed as unknown as Recording;
  throw new StagecraftError("cassette-unusable", `${file} is not a recording of a call`, {
    help: "move it away, or record again",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Says in what the request is another one than the recorded one that is most like it. */
function missed(folder: string, request: Json, recordings: readonly Recording[]): StageError {
  const agent = agentOf(request);
  const [nearest] = recordings
    .filter((recording) => agentOf(recording.request) === agent)
    .map((recording) => differences(recording.request, request).map((found) => found.path.join(".")))
    .sort((a, b) => a.length - b.length);
  const why =
    nearest === undefined
      ? "nothing of this agent was recorded"
      : `the nearest one differs in ${nearest.slice(0, 5).join(", ")}${nearest.length > 5 ? ", …" : ""}`;
  const message = `${folder} has no answer to this request of agent ${agent}: ${why}`;
  return new StageError("cassette-miss", message, { isFree: true, details: { agent, differs: [...(nearest ?? [])] } });
}

function agentOf(request: Json): string {
  const name = isObject(request) ? (request as unknown as Partial<AgentRequest>).agent : undefined;
  return typeof name === "string" ? name : "";
}
