import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import { StagecraftError } from "../core/errors.js";
import { explainFaults } from "../definition/index.js";
import type { Secrets } from "../engine/ports.js";
import type { SecretsProvider } from "../plugin/api.js";
import type { Registry } from "../plugin/registry.js";
import { readSecretFile } from "./secret-file.js";

/**
 * The environment first, then the project's folder of secrets, then the provider that the project names.
 * `get` throws StagecraftError `secret-readable`, `secrets-provider-unknown`, `secrets-provider-settings`
 */
export function secretsOf(config: Config, registry: () => Promise<Registry>): Secrets {
  return {
    async get(name) {
      const near = secretHere(config, name);
      const named = config.secrets.provider;
      if (near !== undefined || named === undefined) return near;
      return providerOf(await registry(), named, config.secrets.settings).get(name, config.secrets.settings);
    },
  };
}

function secretHere({ env, secrets: { folder } }: Config, name: string): string | undefined {
  const given = env(name);
  // A secret's name is one of a variable, so it leads nowhere else.
  if (given !== undefined || folder === undefined || !/^\w+$/.test(name)) return given;
  const file = path.join(folder, name);
  return fs.existsSync(file) ? readSecretFile(file) : undefined;
}

function providerOf({ secrets }: Registry, name: string, settings: Config["secrets"]["settings"]): SecretsProvider {
  const provider = secrets.get(name);
  if (provider === undefined) {
    const known = [...secrets.keys()].join(", ") || "none; a plugin brings one";
    throw new StagecraftError("secrets-provider-unknown", `no plugin brings the secrets provider ${name}`, {
      kind: "environment",
      help: `known: ${known}`,
    });
  }
  const fault = explainFaults(provider.settings, settings);
  if (fault === undefined) return provider;
  throw new StagecraftError("secrets-provider-settings", `the settings of the secrets provider ${name}: ${fault}`, {
    kind: "environment",
    help: "secrets.settings in stagecraft.config.yaml",
  });
}
