import { Command, Flags } from "@oclif/core";
import type { App } from "../app.js";
import { disableColor, LOG_LEVELS, loadConfig } from "../config.js";
import type { LogLevel } from "../core/log-level.js";
import { describeFault } from "./fault.js";
import { paintFor } from "./render/style.js";

/** Flags that every command has. */
const BASE_FLAGS = {
  db: Flags.string({ description: "database file or URL (STAGECRAFT_DB)", helpGroup: "GLOBAL", helpValue: "<db>" }),
  config: Flags.string({ description: "project file (STAGECRAFT_CONFIG)", helpGroup: "GLOBAL", helpValue: "<file>" }),
  quiet: Flags.boolean({ char: "q", description: "print results only", helpGroup: "GLOBAL" }),
  "no-color": Flags.boolean({ description: "no colours (NO_COLOR)", helpGroup: "GLOBAL" }),
  "log-level": Flags.option({
    options: LOG_LEVELS,
    description: "what to log on stderr (STAGECRAFT_LOG_LEVEL)",
    helpGroup: "GLOBAL",
  })(),
  "no-input": Flags.boolean({ description: "never read the terminal", helpGroup: "GLOBAL" }),
};

/** What a command was called with that is not its own business. */
export interface BaseFlags {
  readonly db?: string | undefined;
  readonly config?: string | undefined;
  readonly quiet?: boolean;
  readonly "log-level"?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly record?: string | undefined;
  readonly replay?: string | undefined;
  readonly backend?: "local" | "restate" | undefined;
  readonly listen?: string | undefined;
}

/**
 * A command parses, calls and renders. Data goes to stdout, everything said to a person goes to stderr, and with `--json`
 * stdout carries exactly one document: what `run` returned, or `{ error: { code, message, help } }`.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = BASE_FLAGS;

  /** What a command logs that runs for long; the others say what they do in their own words. */
  protected readonly usualLogLevel: LogLevel | undefined;
  #app: App | undefined;
  #log: { info(text: string): void } | undefined;
  #quiet = false;

  protected override async init(): Promise<void> {
    await super.init();
    if (this.argv.includes("--no-color")) disableColor();
    // A reader that has seen enough, such as `head`, is no fault.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      throw error;
    });
  }

  /** The rooms of the project that the flags name. Heavy modules load here, so that help stays quick. */
  protected async open(flags: BaseFlags): Promise<App> {
    this.#quiet = flags.quiet ?? false;
    const [config, { openApp }] = await Promise.all([
      loadConfig({
        ...(flags.db === undefined ? {} : { db: flags.db }),
        ...(flags.config === undefined ? {} : { config: flags.config }),
        ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
        ...(flags.backend === undefined ? {} : { backend: flags.backend }),
        ...(flags.listen === undefined ? {} : { listen: flags.listen }),
        ...(flags["log-level"] === undefined ? {} : { logLevel: flags["log-level"] }),
        ...(this.usualLogLevel === undefined ? {} : { usualLogLevel: this.usualLogLevel }),
        ...(flags.record === undefined ? {} : { cassette: { mode: "record", folder: flags.record } }),
        ...(flags.replay === undefined ? {} : { cassette: { mode: "replay", folder: flags.replay } }),
      }),
      import("../app.js"),
    ]);
    this.#app = openApp({ config });
    // Who reads the lines of a process that runs for long wants nothing else among them.
    if (this.usualLogLevel !== undefined && !process.stderr.isTTY) this.#log = await this.#app.log();
    return this.#app;
  }

  /** Data, on stdout; nothing with `--json`, where the returned document is the data. */
  protected print(text: string): void {
    this.log("%s", text);
  }

  /** A remark for a person, on stderr. */
  protected say(text: string): void {
    if (this.#quiet) return;
    if (this.#log === undefined) process.stderr.write(`${text}\n`);
    else this.#log.info(text);
  }

  /** What to do next, as commands that can be copied. */
  protected next(...commands: readonly string[]): void {
    const paint = paintFor(process.stderr);
    for (const command of commands) this.say(`${paint("dim", "next:")} ${command}`);
  }

  protected override async catch(error: unknown): Promise<void> {
    const fault = describeFault(error, this.id);
    process.exitCode = fault.exit;
    if (this.jsonEnabled()) {
      const { code, message, help, stack } = fault;
      this.logJson({ error: { code, message, ...(help ? { help } : {}), ...(stack ? { stack } : {}) } });
      return;
    }
    const paint = paintFor(process.stderr);
    if (fault.stack) process.stderr.write(`${fault.stack}\n`);
    process.stderr.write(`${paint("red", "error:")} ${fault.message} ${paint("dim", `[${fault.code}]`)}\n`);
    if (fault.help) process.stderr.write(`${paint("cyan", "help:")} ${fault.help}\n`);
  }

  protected override async finally(): Promise<void> {
    await this.#app?.close();
    // An effect that ignores its abort signal must not keep a finished command alive.
    setTimeout(() => process.exit(), 2_000).unref();
  }
}
