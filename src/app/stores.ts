import type { Config } from "../config.js";
import { StagecraftError } from "../core/errors.js";
import type { Secrets, Store } from "../engine/ports.js";
import { storeExists } from "../store/place.js";

/** The project's store, opened when it is first asked for. */
export interface Stores {
  /** Made where there is none. */
  made(): Promise<Store>;
  /** Undefined where there is none. */
  found(): Promise<Store | undefined>;
  /** @throws StagecraftError `store-missing` */
  existing(): Promise<Store>;
  close(): Promise<void>;
}

export function storesOf(config: Config, secrets: Secrets): Stores {
  const { db, dbShown, driver } = config;
  let opened: Promise<Store> | undefined;
  const open = async () => {
    const [{ openStore, sealedStore }, { keyringOf }] = await Promise.all([
      import("../store/index.js"),
      import("./keys.js"),
    ]);
    // Before anything is made: without its key nothing may be written.
    const keyring = await keyringOf(config, secrets);
    return sealedStore(await openStore(db, { driver }), keyring);
  };
  const made = () => {
    opened ??= open();
    return opened;
  };
  const found = async () => (opened !== undefined || storeExists(db) ? made() : undefined);
  return {
    made,
    found,
    async existing() {
      const store = await found();
      if (store !== undefined) return store;
      throw new StagecraftError("store-missing", `there is no database ${dbShown} yet`, {
        help: "the first run makes it: stagecraft run <definition>",
      });
    },
    async close() {
      // One that could not be opened has said so already.
      const store = await opened?.catch(() => undefined);
      await store?.close();
    },
  };
}
