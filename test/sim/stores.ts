import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../src/engine/ports.js";
import { memoryStore } from "../../src/store/memory/store.js";
import { Disk } from "./disk.js";
import type { WorldTime } from "./time.js";

/**
 * What the processes of the world keep things in. `disk`: only synced data survive the power failures; `lying`: a disk that
 * says it has synced what it has not. `sqlite`: a real file.
 */
export const KINDS = ["memory", "disk", "lying", "sqlite"] as const;
export type StoreKind = (typeof KINDS)[number];

export interface Shelf {
  readonly store: Store;
  readonly disk?: Disk;
  /** Calls under way, which the world must wait for: they take real time. */
  readonly underWay: () => number;
  /** How many of them have ended. */
  readonly ended: () => number;
  close(): Promise<void>;
}

export async function openShelf(kind: StoreKind, world: WorldTime, seed: number): Promise<Shelf> {
  const nothing = { underWay: () => 0, ended: () => 0, close: async () => {} };
  if (kind === "memory") return { store: memoryStore(), ...nothing };
  if (kind === "sqlite") return sqliteShelf();
  const disk = new Disk(world, seed, kind === "lying");
  return { store: disk.store, disk, ...nothing };
}

/** One call at a time, so that the same seed comes to the same order on real threads. */
async function sqliteShelf(): Promise<Shelf> {
  const { sqliteStore } = await import("../../src/store/knex/sqlite/store.js");
  const folder = mkdtempSync(join(tmpdir(), "sim-"));
  const inner = sqliteStore({ file: join(folder, "sim.sqlite") });
  await inner.open();
  let last: Promise<unknown> = Promise.resolve();
  let underWay = 0;
  let ended = 0;
  const inLine =
    (method: (...given: unknown[]) => Promise<unknown>) =>
    (...given: unknown[]): Promise<unknown> => {
      underWay += 1;
      const done = last
        .then(() => method(...given))
        .finally(() => {
          underWay -= 1;
          ended += 1;
        });
      last = done.catch(() => {});
      return done;
    };
  const methods = Object.entries(inner).map(([name, method]) => [
    name,
    typeof method === "function" ? inLine(method as never) : method,
  ]);
  return {
    store: Object.fromEntries(methods) as unknown as Store,
    underWay: () => underWay,
    ended: () => ended,
    close: async () => {
      await inner.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
