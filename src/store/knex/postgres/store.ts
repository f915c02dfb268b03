import { shownAddress } from "../../../core/address.js";
import { StagecraftError } from "../../../core/errors.js";
import type { Store } from "../../../engine/ports.js";
import { knexStore } from "../store.js";
import { postgresDialect } from "./dialect.js";
import { nudgesOf } from "./nudges.js";
import type { PostgresOptions } from "./options.js";

/** A store in one PostgreSQL database, which processes on many machines may share. Nothing is loaded before `open`. */
export function postgresStore(options: PostgresOptions): Store {
  const store = knexStore(postgresDialect(options));
  const { onNudge, close } = nudgesOf(options.url);
  return {
    ...store,
    onNudge,
    backup: () => refuseBackup(options.url),
    async close() {
      await close();
      await store.close();
    },
  };
}

async function refuseBackup(url: string): Promise<never> {
  throw new StagecraftError("backup-unsupported", `${shownAddress(url)} is backed up by PostgreSQL's own tools`, {
    help: `pg_dump --format=custom --file=backup.dump ${shownAddress(url)}; or stagecraft db copy --to backup.sqlite`,
  });
}
