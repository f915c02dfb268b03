import { isObject, type Json } from "../../core/json.js";
import { checkPayload } from "../../core/payload.js";
import { opened, sealed } from "../../core/sealed.js";
import type { InboxBody, Store } from "../../engine/ports.js";
import { checkBody, eventBody } from "../rules.js";
import type { DataKeys } from "./data-keys.js";
import { SEALED_FOR_ALL, type Seal } from "./seal.js";

type Part = Pick<Store, "emit" | "keepOccurrence" | "occurrences" | "cached" | "putCached">;

/** What goes from run to run, under the key that they share. */
export function shared(behind: Store, keys: DataKeys): Part {
  return {
    async emit(emission, now) {
      checkBody(eventBody(emission));
      const seal = await keys.shared();
      if (seal === undefined) return behind.emit(emission, now);
      const { name, data, by } = emission;
      const body: InboxBody = { type: "event", name, data, by };
      const marks = isObject(data) ? seal.marks(data) : {};
      return behind.emit({ ...emission, sealed: { text: seal.seal(JSON.stringify(body)), marks } }, now);
    },
    async keepOccurrence(occurrence) {
      checkPayload(() => `the data of ${occurrence.name}`, occurrence.data);
      const seal = await keys.shared();
      const { data } = occurrence;
      return behind.keepOccurrence(
        seal === undefined ? occurrence : { ...occurrence, data: seal.seal(JSON.stringify({ data })) },
      );
    },
    async occurrences(...asked) {
      const found = await behind.occurrences(...asked);
      const seal = found.length === 0 ? undefined : await keys.shared();
      return seal === undefined ? found : found.map((one) => ({ ...one, data: openData(one.data, seal) }));
    },
    async cached(name, now) {
      const found = await behind.cached(name, now);
      const seal = found && (await keys.shared());
      return found === undefined || seal === undefined ? found : opened(found, seal.open);
    },
    async putCached(name, result, now, until) {
      checkPayload(() => "a cached result", result.outputs);
      const seal = await keys.shared();
      const { run } = result;
      const kept = seal === undefined ? result : sealed(result, { outputs: {}, run }, seal.seal);
      await behind.putCached(name, kept, now, until);
    },
  };
}

/** What was kept before there was a key is not sealed. */
function openData(data: Json, seal: Seal): Json {
  if (typeof data !== "string" || !data.startsWith(SEALED_FOR_ALL)) return data;
  return (JSON.parse(seal.open(data)) as { data: Json }).data;
}
