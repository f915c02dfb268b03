/**
 * Stagecraft as a library: open a project and run its definitions, or put the rooms together yourself.
 * Plugins are written against `stagecraft/plugin`.
 */

export {
  type App,
  type DecideOptions,
  type DefinitionEntry,
  type DriveOptions,
  type LoadedDefinition,
  openApp,
  type RunView,
  type StageView,
  type StartOptions,
} from "./app.js";
export { type Config, loadConfig } from "./config.js";
export type { Actor, ApprovalRequest, Decision } from "./core/approval.js";
export type { Diagnostic } from "./core/diagnostic.js";
export { formatDiagnostic } from "./core/diagnostic-text.js";
export { type Failure, StagecraftError, StageError } from "./core/errors.js";
export type { Event, Recorded, RunStatus } from "./core/event.js";
export type { Json, JsonObject, JsonSchema } from "./core/json.js";
export type { Plan } from "./core/plan.js";
export {
  checkInputs,
  explain,
  type ReadHost,
  type Reading,
  readDefinition,
  type Source,
  workflowSchema,
} from "./definition/index.js";
export { Engine } from "./engine/engine.js";
export type { ApprovalRow, Clock, Host, Listener, RunRow, Store } from "./engine/ports.js";
export { Registry } from "./plugin/registry.js";
export {
  type Definition,
  type RunOptions,
  Stagecraft,
  type StagecraftOptions,
} from "./stagecraft.js";
export { memoryStore, openStore, postgresStore, sqliteStore } from "./store/index.js";
