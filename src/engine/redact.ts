import type { ApprovalRequest, Decision } from "../core/approval.js";
import type { Failure } from "../core/errors.js";
import type { Event } from "../core/event.js";
import { isObject, type Json, type JsonObject } from "../core/json.js";
import type { RedactPath } from "../core/plan.js";
import { type Mask, maskFor, SHORTEST_SECRET } from "./mask.js";
import type { CommitEntry } from "./ports.js";
import type { Marks } from "./redact-marks.js";
import type { Vault } from "./vault-store.js";

/** What stands in the journal for a value: its number in the run, the same wherever the value turns up. */
const TOKEN = /^\[redacted (\d+)\]$/;
const LOOKS_LIKE_TOKEN = /\[redacted \d+\]/;
const HIDDEN = "***";
/** What of a decision people wrote themselves. */
const SAID = ["comment", "data"];

/** Fields of events that hold what people, expressions and plugins came up with. */
const DATA: ReadonlySet<string> = new Set([
  ...["inputs", "items", "value", "outputs", "result", "set", "explain", "trigger", "reason"],
  ...["waiting", "error", "decision"],
]);

/** What stands for a value where it is written down. */
type Put = (value: Json) => Json;

/**
 * The values of one run that a definition redacts. Stages and expressions work with them as they are; what is written down
 * has a number in their place. The numbers' values stand sealed beside the events that first needed them, so nothing is
 * lost by hiding too much: a text in which such a value stands is hidden whole.
 */
export class Redactions {
  readonly #vault: Vault;
  readonly #values = new Map<number, Json>();
  readonly #numbers = new Map<string, number>();
  #last = 0;
  /** What is recognized wherever it stands: texts and numbers that are not too short for that. */
  readonly #texts = new Set<string>();
  #finder: Mask | undefined;
  /** Numbers given since the event under way began. */
  #fresh: Record<string, Json> = {};

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** From now on the values that an event brings are hidden wherever they turn up. */
  learn(event: Event, marks: Marks): void {
    for (const [field, paths] of Object.entries(marks)) {
      const value = (event as unknown as Record<string, Json | undefined>)[field];
      if (value !== undefined) for (const found of paths.flatMap((path) => at(value, path))) this.#recognize(found);
    }
  }

  /** The event as it is written down. */
  keep(event: Event, marks: Marks): Event {
    this.learn(event, marks);
    this.#fresh = {};
    const fields = Object.entries(event).map(([name, value]) => [
      name,
      DATA.has(name) ? this.#field(name, value as Json, marks[name] ?? []) : value,
    ]);
    const isNew = Object.keys(this.#fresh).length > 0;
    return Object.fromEntries([
      ...fields,
      ...(isNew ? [["vault", this.#vault.seal(JSON.stringify(this.#fresh))]] : []),
    ]) as Event;
  }

  /** Takes over what another run's events stand for, which this one shares: their numbers mean the same here. */
  takeOver(other: Redactions): void {
    for (const [number, value] of other.#values) this.#remember(number, value);
    for (const value of other.#values.values()) this.#recognize(value);
  }

  /** The first event of a run: it carries all that is known by now. */
  keepFirst(event: Event, marks: Marks): Event {
    const { vault: _, ...kept } = this.keep(event, marks);
    const values = Object.fromEntries(this.#values);
    return (this.#values.size === 0 ? kept : { ...kept, vault: this.#vault.seal(JSON.stringify(values)) }) as Event;
  }

  /** An event that was written down, as it happened. */
  readonly open = (event: Event): Event => {
    const { vault, ...rest } = event;
    if (vault !== undefined) this.#load(JSON.parse(this.#vault.open(vault)) as JsonObject);
    const fields = Object.entries(rest).map(([name, value]) => [
      name,
      DATA.has(name) ? this.openValue(value as Json) : value,
    ]);
    return Object.fromEntries(fields) as Event;
  };

  openValue(value: Json): Json {
    if (typeof value === "string") return this.#opened(value);
    if (Array.isArray(value)) return value.map((item) => this.openValue(item as Json));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [String(this.#opened(key)), this.openValue(inner)]),
    );
  }

  keepValue<T extends Json>(value: T): T {
    return this.#walk(value, [], this.#token) as T;
  }

  openRequest(request: ApprovalRequest): ApprovalRequest {
    return this.openValue(request as unknown as Json) as unknown as ApprovalRequest;
  }

  hide(text: string): string {
    return this.#find.text(text);
  }

  /** What a person said, as the list of approvals keeps it: only the run itself gives numbers. */
  hideDecision(decision: Decision, paths: readonly RedactPath[]): Decision {
    return this.#parts(decision as unknown as Json, SAID, paths, () => HIDDEN) as unknown as Decision;
  }

  /** What goes into lists beside the events of a commit: of values that these or earlier ones have numbers for. */
  keepLists(entry: CommitEntry): CommitEntry {
    const { row, opened, widened } = entry;
    const waitingFor = row.waitingFor === null ? null : this.#find.text(row.waitingFor);
    const asKept = <T extends { readonly request: ApprovalRequest }>(one: T): T => ({
      ...one,
      request: this.#request(one.request, this.#token),
    });
    const kept = { outputs: row.outputs && this.keepValue(row.outputs), error: row.error && this.#failure(row.error) };
    return {
      ...entry,
      row: { ...row, ...kept, waitingFor },
      opened: opened.map(asKept),
      widened: widened.map(asKept),
    };
  }

  #failure(error: Failure): Failure {
    return this.#parts(error as unknown as Json, ["message", "details"], [], this.#token) as unknown as Failure;
  }

  /** For what leaves the run: `***` for all that `base` hides, and for all that is redacted. */
  mask(base: Mask): Mask {
    return {
      text: (text) => base.text(this.#find.text(text)),
      json: (value) => (value === undefined ? value : base.json(this.#walk(value, [], () => HIDDEN))) as typeof value,
      event: base.event,
    };
  }

  /** Inputs for a run of its own: it sees what its own definition redacts, and nothing else of this run's. */
  handOver(inputs: JsonObject, paths: readonly RedactPath[]): JsonObject {
    const seen = new Map<Json, Json>();
    const hidden = this.#walk(inputs, paths, (value) => {
      const isMarked = paths.some((path) => at(inputs, path).includes(value));
      if (isMarked) seen.set(value, value);
      return isMarked ? value : HIDDEN;
    });
    return hidden as JsonObject;
  }

  readonly #token: Put = (value) => {
    const text = JSON.stringify(value);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#last + 1;
      this.#remember(number, value);
      this.#fresh[number] = value;
    }
    return `[redacted ${number}]`;
  };

  #remember(number: number, value: Json): void {
    this.#last = Math.max(this.#last, number);
    this.#values.set(number, value);
    this.#numbers.set(JSON.stringify(value), number);
  }

  #load(values: JsonObject): void {
    for (const [number, value] of Object.entries(values)) {
      this.#remember(Number(number), value);
      this.#recognize(value);
    }
  }

  #recognize(value: Json): void {
    if (Array.isArray(value)) for (const item of value) this.#recognize(item as Json);
    else if (isObject(value)) for (const inner of Object.values(value)) this.#recognize(inner);
    else if (typeof value === "string" || typeof value === "number") {
      const text = String(value);
      if (text.length < SHORTEST_SECRET || this.#texts.has(text)) return;
      this.#texts.add(text);
      this.#finder = undefined;
    }
  }

  get #find(): Mask {
    this.#finder ??= maskFor([...this.#texts]);
    return this.#finder;
  }

  #opened(text: string): Json {
    const [, number] = TOKEN.exec(text) ?? [];
    return number === undefined ? text : (this.#values.get(Number(number)) ?? text);
  }

  #field(name: string, value: Json, paths: readonly RedactPath[]): Json {
    switch (name) {
      case "reason":
        return this.#walk(value, [], () => HIDDEN);
      case "error":
        return this.#parts(value, ["message", "details"], paths, this.#token);
      case "decision":
        return this.#parts(value, SAID, paths, this.#token);
      case "waiting": {
        const { approval, event, ...rest } = value as JsonObject;
        return {
          ...rest,
          ...(approval && { approval: this.#request(approval as unknown as ApprovalRequest, this.#token) }),
          ...(event && { event: this.#parts(event, ["match"], paths, this.#token) }),
        } as Json;
      }
      default:
        return this.#walk(value, paths, this.#token);
    }
  }

  #parts(value: Json, names: readonly string[], paths: readonly RedactPath[], put: Put): Json {
    const whole = value as JsonObject;
    const hidden = names.flatMap((name) => {
      const part = Object.hasOwn(whole, name) ? whole[name] : undefined;
      return part === undefined ? [] : [[name, this.#walk(part, below(paths, name), put)]];
    });
    return { ...whole, ...Object.fromEntries(hidden) };
  }

  #request(request: ApprovalRequest, put: Put): ApprovalRequest {
    const { title, message, show, form, approvers, forbid, escalate } = request;
    const hidden = <T>(value: T) => this.#walk(value as Json, [], put) as T;
    return {
      ...request,
      ...{ title: hidden(title), approvers: hidden(approvers), forbid: hidden(forbid) },
      ...(message !== undefined && { message: hidden(message) }),
      ...(show !== undefined && { show: hidden(show) }),
      ...(form !== undefined && { form: hidden(form) }),
      ...(escalate !== undefined && { escalate: { ...escalate, approvers: hidden(escalate.approvers) } }),
    };
  }

  #walk(value: Json, paths: readonly RedactPath[], put: Put): Json {
    if (value === null) return value;
    if (paths.some((path) => path.length === 0)) return put(value);
    if (typeof value === "string") return this.holds(value) ? put(value) : value;
    if (typeof value === "number") return this.#texts.has(String(value)) ? put(value) : value;
    if (Array.isArray(value)) return value.map((item) => this.#walk(item as Json, below(paths, "*"), put));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        this.holds(key) ? String(put(key)) : key,
        this.#walk(inner, below(paths, key), put),
      ]),
    );
  }

  /** A text that only looks as if a value stood here is hidden too: opened again, it is what it was. */
  holds(text: string): boolean {
    return LOOKS_LIKE_TOKEN.test(text) || this.#find.text(text) !== text;
  }
}

function below(paths: readonly RedactPath[], key: string): readonly RedactPath[] {
  return paths.length === 0 ? paths : paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
}

/** What stands at the path: one value, or with `*` that of each item. */
function at(value: Json, [first, ...rest]: RedactPath): readonly Json[] {
  if (first === undefined) return [value];
  if (first === "*") return Array.isArray(value) ? value.flatMap((item) => at(item as Json, rest)) : [];
  return isObject(value) && Object.hasOwn(value, first) ? at(value[first] as Json, rest) : [];
}
