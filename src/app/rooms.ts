import type { Config } from "../config.js";
import type { Engine } from "../engine/engine.js";
import type { Host, Listener, Secrets } from "../engine/ports.js";
import type { Logger, Plugin } from "../plugin/api.js";
import { loadPlugins } from "../plugin/discover.js";
import { Registry } from "../plugin/registry.js";
import { type Backend, backendOf } from "./backend.js";
import { type WhoIs, whoIsOf } from "./directory.js";
import { hostOf, wallClock } from "./host.js";
import { once } from "./later.js";
import { eventLog, logOf, watched } from "./log.js";
import { type Resources, resourcesOf } from "./resources.js";
import { secretsOf } from "./secrets.js";
import { isOwnPackage, shippedPlugins } from "./shipped.js";
import { type Stores, storesOf } from "./stores.js";
import { tracesOf } from "./traces.js";

/** The rooms of one project. Each is made when it is first asked for. */
export interface Rooms {
  readonly config: Config;
  registry(): Promise<Registry>;
  readonly secrets: Secrets;
  readonly stores: Stores;
  readonly whoIs: WhoIs;
  engine(): Promise<Engine>;
  backend(): Promise<Backend>;
  /** Resolves when no detached run is driven here any more, and what there is to show of runs has gone out. */
  settled(): Promise<void>;
  host(): Promise<Host>;
  log(): Promise<Logger>;
  readonly resources: Resources;
  /** Hears of every run that is driven here. */
  heard(): Promise<Listener>;
}

/** `guests`: plugins beside those that ship and the project's own. */
export function openRooms(config: Config, guests: readonly Plugin[] = []): Rooms {
  let running: Engine | undefined;
  const registry = once(() => openRegistry(config, guests));
  const secrets = watched(secretsOf(config, registry));
  const log = once(() => logOf(config, secrets));
  const stores = storesOf(config, secrets);
  const resources = resourcesOf(stores.made, log);
  const traces = once(async () => tracesOf(config, await log()));
  const host = once(async () => {
    const tracer = await traces();
    const made = hostOf(config, secrets, await stores.made(), await registry(), await log());
    return tracer === undefined ? made : { ...made, tracer };
  });
  const engine = once(async () => {
    const { Engine } = await import("../engine/engine.js");
    running = new Engine(await host());
    return running;
  });
  return {
    config,
    registry,
    secrets,
    stores,
    whoIs: whoIsOf(config, registry, secrets, wallClock.now),
    host,
    engine,
    backend: once(async () => backendOf(config, await engine(), await host(), resources.watched)),
    log,
    resources,
    heard: once(async () => both(eventLog(config, await log()), resources.heard)),
    async settled() {
      await running?.settled();
      await resources.flush();
      if (running !== undefined) await (await traces())?.close();
    },
  };
}

/** The plugins that ship, then the project's own, then the guests. */
async function openRegistry({ project, plugins: listed, allow }: Config, guests: readonly Plugin[]): Promise<Registry> {
  const shipped = await shippedPlugins();
  const registry = new Registry(shipped, allow.shell ? ["shell"] : []);
  const names = isOwnPackage(project) ? shipped.map(({ name }) => name) : [];
  for (const plugin of await loadPlugins({ project, listed, shipped: names })) registry.add(plugin);
  for (const plugin of guests) registry.add(plugin);
  return registry;
}

/** Tells the one and then the other. */
export function both(one: Listener | undefined, other: Listener): Listener {
  if (one === undefined) return other;
  return (run, recorded) => {
    one(run, recorded);
    other(run, recorded);
  };
}
