import { Args, Flags } from "@oclif/core";
import type { App, LoadedDefinition } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { countText, diagnosticDocument, diagnosticsText } from "../render/diagnostics.js";
import { count } from "../render/lines.js";
import { paintFor } from "../render/style.js";

export default class Validate extends BaseCommand {
  static override description = "Check definitions: every finding at once, with its place and what to do.";
  static override examples = [
    "<%= config.bin %> validate",
    "<%= config.bin %> validate refund",
    "<%= config.bin %> validate drafts/refund.workflow.yaml --strict",
  ];
  static override strict = false;
  static override args = {
    definitions: Args.string({ description: "ids or files; all of the project without any" }),
  };
  static override flags = { strict: Flags.boolean({ description: "warnings count as errors" }) };

  async run(): Promise<JsonObject> {
    const { argv, flags } = await this.parse(Validate);
    const app = await this.open(flags);
    const definitions = await this.#read(app, argv as string[]);
    const bad = definitions.filter(({ reading }) =>
      reading.diagnostics.some(({ severity }) => severity === "error" || flags.strict),
    );
    for (const definition of definitions) this.#show(definition);
    if (bad.length > 0) {
      process.exitCode = EXIT.usage;
      this.say(`${count(bad.length, "definition")} of ${definitions.length} not valid`);
    } else {
      const [first] = definitions;
      if (first?.reading.header) this.next(`npx stagecraft graph ${first.reading.header.id}`);
    }
    return {
      valid: bad.length === 0,
      definitions: definitions.map(({ file, reading }) => ({
        file,
        id: reading.header?.id ?? null,
        valid: reading.plan !== undefined,
        diagnostics: reading.diagnostics.map(diagnosticDocument),
      })),
    };
  }

  async #read(app: App, names: readonly string[]): Promise<readonly LoadedDefinition[]> {
    const wanted = names.length > 0 ? names : (await app.definitions()).map(({ file }) => file);
    if (wanted.length === 0) {
      throw new StagecraftError("no-definitions", `there is no *.workflow.yaml in ${app.config.definitions}`);
    }
    return Promise.all(wanted.map((name) => app.read(name)));
  }

  #show({ file, text, reading }: LoadedDefinition): void {
    const { diagnostics } = reading;
    if (diagnostics.length > 0) this.print(`${diagnosticsText(diagnostics, file, text)}\n`);
    const [sign, format] = reading.plan ? (["✔", "green"] as const) : (["✖", "red"] as const);
    this.print(`${paintFor(process.stdout)(format, sign)} ${file}: ${countText(diagnostics)}`);
  }
}
