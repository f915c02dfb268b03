import { StagecraftError } from "../core/errors.js";
import type {
  AgentProvider,
  CodeInfo,
  Directory,
  Notifier,
  Permission,
  Plugin,
  SecretsProvider,
  StageType,
  Tool,
} from "./api.js";
import { checkPlugin } from "./shape.js";

/** Name → plugin part. A duplicate name is an error that names both plugins. */
export class Registry {
  readonly plugins: Plugin[] = [];
  readonly stages = new Map<string, StageType>();
  readonly providers = new Map<string, AgentProvider>();
  readonly tools = new Map<string, Tool>();
  readonly notifiers = new Map<string, Notifier>();
  readonly secrets = new Map<string, SecretsProvider>();
  readonly directories = new Map<string, Directory>();
  /** What the codes of the plugins' findings mean. */
  readonly codes = new Map<string, CodeInfo>();
  readonly #owners = new Map<string, string>();
  readonly #allowed: ReadonlySet<Permission>;

  constructor(plugins: readonly Plugin[] = [], allowed: readonly Permission[] = []) {
    this.#allowed = new Set(allowed);
    for (const plugin of plugins) this.add(plugin);
  }

  /** @throws StagecraftError `plugin-invalid`, `plugin-api-version`, `plugin-duplicate` */
  add(plugin: Plugin): void {
    checkPlugin(plugin);
    for (const stage of plugin.stages ?? []) this.#put("stage type", this.stages, stage, plugin);
    for (const provider of plugin.providers ?? []) this.#put("provider", this.providers, provider, plugin);
    for (const tool of plugin.tools ?? []) this.#put("tool", this.tools, tool, plugin);
    for (const notifier of plugin.notifiers ?? []) this.#put("notifier", this.notifiers, notifier, plugin);
    for (const one of plugin.secrets ?? []) this.#put("secrets provider", this.secrets, one, plugin);
    for (const one of plugin.directories ?? []) this.#put("directory", this.directories, one, plugin);
    for (const info of plugin.codes ?? []) this.#put("code", this.codes, { ...info, name: info.code }, plugin);
    this.plugins.push(plugin);
  }

  /** May stages of this type run here? */
  allows({ permission }: StageType): boolean {
    return permission === undefined || this.#allowed.has(permission);
  }

  /** The plugin that brought a part, by its kind and name. */
  ownerOf(kind: "stage type" | "provider" | "tool" | "notifier", name: string): string | undefined {
    return this.#owners.get(`${kind} ${name}`);
  }

  #put<T>(kind: string, into: Map<string, T>, part: T & { readonly name: string }, plugin: Plugin): void {
    const owner = this.#owners.get(`${kind} ${part.name}`);
    if (owner !== undefined) {
      throw new StagecraftError("plugin-duplicate", `${kind} ${part.name} is already there from plugin ${owner}`, {
        help: `rename it in plugin ${plugin.name}, or remove one of the two`,
      });
    }
    this.#owners.set(`${kind} ${part.name}`, plugin.name);
    into.set(part.name, part);
  }
}
