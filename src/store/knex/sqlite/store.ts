import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { StagecraftError } from "../../../core/errors.js";
import type { Store } from "../../../engine/ports.js";
import { corrupt } from "../codec.js";
import { knexStore } from "../store.js";
import { sqliteDialect } from "./dialect.js";
import { faultOf } from "./faults.js";
import type { SqliteOptions } from "./options.js";

/** A store in one SQLite file, which several processes may share. Nothing is loaded or touched before `open`. */
export function sqliteStore(options: SqliteOptions): Store {
  const store = knexStore(sqliteDialect(options));
  return { ...store, backup: (file) => backup(file, options) };
}

/** Under another name until it is whole: what bears the name it was given can be relied on. */
async function backup(file: string, options: SqliteOptions): Promise<void> {
  if (existsSync(file)) {
    throw new StagecraftError("backup-exists", `${file} is there already`, { help: "Name a file that is not there." });
  }
  const part = `${file}.part`;
  try {
    await rm(part, { force: true });
    await copy(part, options);
    const [finding] = await findingsIn({ ...options, file: part });
    if (finding !== undefined) throw corrupt(`its copy is not whole: ${finding}`);
    await sync(part);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw await faultOf(error, file);
  }
}

/** On connections of its own: those that read may not do this, and the one that writes must not wait for it. */
async function copy(target: string, options: SqliteOptions): Promise<void> {
  const { writer, reader } = await sqliteDialect(options).connect();
  try {
    await writer.raw("VACUUM INTO ?", [target]);
  } finally {
    await Promise.all([writer.destroy(), reader.destroy()]);
  }
}

async function findingsIn(options: SqliteOptions): Promise<readonly string[]> {
  const store = knexStore(sqliteDialect(options));
  await store.open();
  try {
    return await store.check();
  } finally {
    await store.close();
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, "r+");
  await handle.sync();
  await handle.close();
}
