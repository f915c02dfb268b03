import type { Config } from "../config.js";
import { Engine } from "../engine/engine.js";
import type { Host, Store } from "../engine/ports.js";
import { loadPlugins } from "../plugin/discover.js";
import { Registry } from "../plugin/registry.js";
import { openStore } from "../store/index.js";
import { hostOf, stderrLogger } from "./host.js";
import { isOwnPackage, shippedPlugins } from "./shipped.js";

/** The rooms of one project. Each is made when it is first asked for. */
export interface Rooms {
  readonly config: Config;
  registry(): Promise<Registry>;
  store(): Promise<Store>;
  engine(): Promise<Engine>;
  host(): Promise<Host>;
  close(): Promise<void>;
}

export function openRooms(config: Config): Rooms {
  let opened: Store | undefined;
  const registry = once(() => openRegistry(config));
  const store = once(async () => {
    opened = await openStore(config.db);
    return opened;
  });
  const host = once(async () => hostOf(config, await store(), await registry(), stderrLogger));
  return {
    config,
    registry,
    store,
    host,
    engine: once(async () => new Engine(await host())),
    close: async () => opened?.close(),
  };
}

/** The plugins that ship, then the project's own. */
async function openRegistry({ project, plugins: listed }: Config): Promise<Registry> {
  const shipped = await shippedPlugins();
  const registry = new Registry(shipped);
  const names = isOwnPackage(project) ? shipped.map(({ name }) => name) : [];
  for (const plugin of await loadPlugins({ project, listed, shipped: names })) registry.add(plugin);
  return registry;
}

/** Made at the first call, and the same ever after. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
