import type { Config } from "../config.js";
import { StagecraftError } from "../core/errors.js";
import type { Secrets, Store } from "../engine/ports.js";
import { type Keyring, type ProjectKey, projectKey, rewrapAll } from "../store/index.js";
import { wallClock } from "./host.js";

/** One key that data is sealed with, or could be. */
export interface KeyView {
  readonly id: string;
  /** The name of its secret; null: no secret that is configured gives it, and what it sealed cannot be read. */
  readonly name: string | null;
  readonly use: "current" | "previous" | "missing";
  /** Data keys it wraps: one a run, and one that runs share. */
  readonly wraps: number;
}

/** The keys that what runs hold is sealed with. */
export interface Keys {
  ls(): Promise<readonly KeyView[]>;
  /** @returns how many data keys were wrapped anew @throws StagecraftError `encryption-off`, `encryption-key-unknown` */
  rotate(by: string): Promise<{ readonly key: string; readonly wrapped: number }>;
}

export function keysOf(config: Config, secrets: Secrets, opened: () => Promise<Store>): Keys {
  return {
    async ls() {
      const ring = await keyringOf(config, secrets);
      const kept = await (await opened()).dataKeys();
      const counts = new Map<string, number>();
      for (const { wrappedBy } of kept) counts.set(wrappedBy, (counts.get(wrappedBy) ?? 0) + 1);
      const view = ({ id, name }: ProjectKey, use: KeyView["use"]) => ({ id, name, use, wraps: counts.get(id) ?? 0 });
      const known = [
        ...(ring.current === undefined ? [] : [view(ring.current, "current")]),
        ...ring.previous.map((key) => view(key, "previous")),
      ];
      const strange = [...counts].filter(([id]) => known.every((key) => key.id !== id));
      return [...known, ...strange.map(([id, wraps]) => ({ id, name: null, use: "missing" as const, wraps }))];
    },
    async rotate(by) {
      const ring = await keyringOf(config, secrets);
      if (ring.current === undefined) {
        throw new StagecraftError("encryption-off", "nothing is encrypted in this project", {
          help: "encryption: { key: NAME } in stagecraft.config.yaml turns it on",
        });
      }
      const store = await opened();
      const wrapped = await rewrapAll(store, ring, ring.current);
      const key = ring.current.id;
      await store.recordAudit({ at: wallClock.now(), action: "keysRotated", by, run: null, detail: { key, wrapped } });
      return { key, wrapped };
    },
  };
}

/** @throws StagecraftError `encryption-key-missing`, `encryption-key-invalid` */
export async function keyringOf({ encryption }: Config, secrets: Secrets): Promise<Keyring> {
  if (encryption === undefined) return { previous: [] };
  const keyNamed = async (name: string) => {
    const text = await secrets.get(name);
    if (text !== undefined) return projectKey(name, text);
    throw new StagecraftError("encryption-key-missing", `the secret ${name}, which encrypts this project, is not set`, {
      kind: "environment",
      help: `export ${name}=…, or put it into the project's folder of secrets`,
    });
  };
  const previous: ProjectKey[] = [];
  for (const name of encryption.previous) previous.push(await keyNamed(name));
  return encryption.key === undefined ? { previous } : { current: await keyNamed(encryption.key), previous };
}
