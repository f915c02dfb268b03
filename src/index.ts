/** The library's public surface: what a program that embeds Stagecraft may rely on. Plugins use `stagecraft/plugin`. */
export { type App, openApp } from "./app.js";
export { type Config, type ConfigOverrides, loadConfig } from "./config.js";
export { type FaultKind, StagecraftError } from "./core/errors.js";
