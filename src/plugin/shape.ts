import { StagecraftError } from "../core/errors.js";
import { isObject } from "../core/json.js";
import { type Plugin, type StageType, SUPPORTED_API_VERSIONS } from "./api.js";

const NAME = /^(?:[a-z][a-z0-9-]*\/)?[a-z][A-Za-z0-9-]*$/;
const STAGE_NAME = /^(?:[a-z][a-z0-9-]*\/)?[a-z][A-Za-z0-9.-]*(?:@\d+)?$/;
const KINDS: Readonly<Record<StageType["kind"], "run" | "open" | undefined>> = {
  pure: "run",
  effect: "run",
  wait: "open",
  group: undefined,
  workflow: undefined,
  end: undefined,
};

/**
 * Is this what a plugin exports? `origin` says where it came from, for the message.
 * @throws StagecraftError `plugin-invalid`, `plugin-api-version`
 */
export function checkPlugin(exported: unknown, origin?: string): Plugin {
  const where = origin === undefined ? "a plugin" : `plugin ${origin}`;
  if (!isObject(exported) || typeof exported.name !== "string" || exported.name === "") {
    throw invalid(`${where} must export an object with a name by default`, EXAMPLE);
  }
  const plugin = exported as unknown as Plugin;
  const named = origin === undefined ? `plugin ${plugin.name}` : `plugin ${plugin.name} (${origin})`;
  if (!NAME.test(plugin.name)) throw invalid(`${named}: the name is kebab-case, or vendor/name`);
  if (!(SUPPORTED_API_VERSIONS as readonly unknown[]).includes(plugin.apiVersion)) {
    throw new StagecraftError("plugin-api-version", `${named} asks for API version ${String(plugin.apiVersion)}`, {
      help: `this Stagecraft opens to ${SUPPORTED_API_VERSIONS.join(", ")}`,
    });
  }
  if (typeof plugin.version !== "string") throw invalid(`${named} has no version`, 'version: "1.0.0"');
  for (const part of ["stages", "providers", "tools", "notifiers", "secrets", "directories", "codes"] as const) {
    if (plugin[part] !== undefined && !Array.isArray(plugin[part])) throw invalid(`${named}: \`${part}\` is a list`);
  }
  for (const stage of plugin.stages ?? []) checkStage(stage, named);
  for (const info of plugin.codes ?? []) {
    const texts = isObject(info) ? [info.code, info.means, info.mend] : [];
    if (texts.length === 0 || texts.some((text) => typeof text !== "string" || text === "")) {
      throw invalid(`${named}: an entry of \`codes\` says code, means and mend`);
    }
  }
  requireMethod(plugin.providers, "provider", "complete", named);
  requireMethod(plugin.tools, "tool", "run", named);
  requireMethod(plugin.notifiers, "notifier", "send", named);
  requireMethod(plugin.secrets, "secrets provider", "get", named);
  requireMethod(plugin.directories, "directory", "find", named);
  return plugin;
}

const EXAMPLE = "export default definePlugin({ name: …, version: …, apiVersion: 1, stages: [ … ] })";

function checkStage(stage: StageType, plugin: string): void {
  if (!isObject(stage) || typeof stage.name !== "string" || !STAGE_NAME.test(stage.name)) {
    const name = isObject(stage) ? JSON.stringify(stage.name) : String(stage);
    throw invalid(`${plugin}: ${name} is no name of a stage type`, "a name is `check`, `data.read` or `vendor/check`");
  }
  const where = `${plugin}, stage type ${stage.name}`;
  if (!Object.hasOwn(KINDS, stage.kind)) {
    throw invalid(`${where}: kind ${String(stage.kind)} is unknown`, `one of ${Object.keys(KINDS).join(", ")}`);
  }
  const method = KINDS[stage.kind];
  if (method !== undefined && typeof (stage as unknown as Record<string, unknown>)[method] !== "function") {
    throw invalid(`${where}: kind ${stage.kind} needs a function \`${method}\``);
  }
  for (const text of ["title", "description"] as const) {
    if (typeof stage[text] !== "string" || stage[text] === "") throw invalid(`${where} has no ${text}`);
  }
  if (!isObject(stage.input) || stage.input.type !== "object") {
    throw invalid(`${where}: \`input\` is a JSON Schema with type: object`, "it describes the stage's `with`");
  }
  if (!isObject(stage.output) && typeof stage.output !== "function") {
    throw invalid(`${where}: \`output\` is a JSON Schema, or a function that gives one`);
  }
  const readers = ["shell", "sql", "url"];
  if (stage.sensitive !== undefined && Object.values(stage.sensitive).some((reader) => !readers.includes(reader))) {
    throw invalid(`${where}: \`sensitive\` says of a field who reads it: ${readers.join(", ")}`);
  }
  if (stage.outcomes !== undefined && typeof stage.outcomes !== "function" && !Array.isArray(stage.outcomes)) {
    throw invalid(`${where}: \`outcomes\` is a list of names, or a function that gives one`);
  }
}

function requireMethod(parts: readonly unknown[] | undefined, kind: string, method: string, plugin: string): void {
  for (const part of parts ?? []) {
    if (!isObject(part) || typeof part.name !== "string" || part.name === "") {
      throw invalid(`${plugin}: a ${kind} needs a name`);
    }
    if (typeof (part as Record<string, unknown>)[method] !== "function") {
      throw invalid(`${plugin}: ${kind} ${part.name} needs a function \`${method}\``);
    }
  }
}

function invalid(message: string, help?: string): StagecraftError {
  return new StagecraftError("plugin-invalid", message, help === undefined ? {} : { help });
}
