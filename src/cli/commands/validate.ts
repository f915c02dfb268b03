import { Args, Flags } from "@oclif/core";
import type { App } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { type Checked, FORMATS, type Format, validationDocument } from "../findings/format.js";
import { onInterrupt } from "../interrupt.js";
import { count } from "../render/lines.js";
import { paintFor } from "../render/style.js";

export default class Validate extends BaseCommand {
  static override description = "Check definitions: every finding at once, with its place and what to do.";
  static override examples = [
    "<%= config.bin %> validate",
    "<%= config.bin %> validate refund --watch",
    "<%= config.bin %> validate drafts/refund.workflow.yaml --strict",
    "<%= config.bin %> validate --format sarif > findings.sarif",
    "<%= config.bin %> validate --explain maybe-absent",
  ];
  static override strict = false;
  static override args = {
    definitions: Args.string({ description: "ids or files; all of the project without any" }),
  };
  static override flags = {
    format: Flags.option({ options: FORMATS })({ description: "how findings are written", default: "pretty" }),
    strict: Flags.boolean({ description: "warnings count as errors" }),
    explain: Flags.string({ description: "say what a code means", helpValue: "<code>", exclusive: ["watch"] }),
    watch: Flags.boolean({ char: "w", description: "check again whenever a file is saved" }),
  };

  async run(): Promise<JsonObject> {
    const { argv, flags } = await this.parse(Validate);
    const app = await this.open(flags);
    if (flags.explain !== undefined) return this.#explain(app, flags.explain);
    if (flags.watch && (flags.format !== "pretty" || this.jsonEnabled())) {
      throw new StagecraftError("invalid-flag", "--watch is for people: it goes with --format pretty alone");
    }
    const check = () => this.#check(app, argv as string[], flags.strict);
    const checked = await check();
    await this.#show(app, checked, flags.format);
    if (flags.watch) await this.#watch(app, check);
    return validationDocument(checked);
  }

  async #check(app: App, names: readonly string[], isStrict: boolean): Promise<readonly Checked[]> {
    const { checkDefinitions } = await import("../findings/check.js");
    return checkDefinitions(app, names, isStrict);
  }

  async #show(app: App, checked: readonly Checked[], format: Format): Promise<void> {
    const { written } = await import("../findings/write.js");
    const text = await written(app, checked, format, this.config.version, paintFor(process.stdout));
    if (text !== "") this.print(text);
    const bad = checked.filter(({ valid }) => !valid).length;
    process.exitCode = bad > 0 ? EXIT.usage : EXIT.done;
    if (bad > 0) this.say(`${count(bad, "definition")} of ${checked.length} not valid`);
    else if (format === "pretty" && checked[0]?.id) this.next(`npx stagecraft graph ${checked[0].id}`);
  }

  async #explain(app: App, code: string): Promise<JsonObject> {
    const { meaningOf } = await import("../findings/explain.js");
    const { means, mend } = await meaningOf(app, code);
    this.print(`${paintFor(process.stdout)("bold", code)}\n${means}\n  help: ${mend}`);
    return { code, means, mend };
  }

  async #watch(app: App, check: () => Promise<readonly Checked[]>): Promise<void> {
    const { watchProject } = await import("../findings/watch.js");
    const interrupt = onInterrupt(() => undefined);
    const watching = watchProject(app, interrupt.signal, async () => {
      const checked = await check().catch((error: unknown) => {
        // A half-saved project is mended by the next save.
        if (!(error instanceof StagecraftError)) throw error;
        this.say(error.message);
        return undefined;
      });
      if (checked === undefined) return;
      if (process.stdout.isTTY) process.stdout.write("\u001Bc");
      await this.#show(app, checked, "pretty");
    });
    this.say("watching: Ctrl-C ends");
    await watching;
    interrupt.stop();
  }
}
