import { type Config, databaseAt } from "../config.js";
import { shownAddress } from "../core/address.js";
import { copyStore, openStore } from "../store/index.js";
import { type Verified, verifyStore } from "./audit.js";
import { wallClock } from "./host.js";

export interface Copied extends Verified {
  /** Where to, as it may be shown. */
  readonly to: string;
  /** Rows by table; as many arrived. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Copies the project's database to another one that is empty, and verifies every chain there.
 * @throws StagecraftError `store-not-empty`, `store-busy`, `unknown-store`
 */
export async function copyDatabase({ db, driver }: Config, given: string): Promise<Copied> {
  const to = databaseAt(process.cwd(), given);
  const rows = await copyStore(db, to, wallClock.now(), { driver });
  const store = await openStore(to, { driver });
  try {
    return { to: shownAddress(to), rows, ...(await verifyStore(store)) };
  } finally {
    await store.close();
  }
}
