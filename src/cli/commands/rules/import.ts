import fs from "node:fs";
import { Args, Flags } from "@oclif/core";
import { stringify } from "yaml";
import { StagecraftError } from "../../../core/errors.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";

export default class RulesImport extends BaseCommand {
  static override description =
    "Turn the decision tables of a DMN file into rulesets, and say what could not be carried over (exit code 1 then).";
  static override examples = [
    "<%= config.bin %> rules import discount.dmn",
    "<%= config.bin %> rules import discount.dmn --out discount.yaml",
  ];
  static override args = { file: Args.string({ description: "a DMN file, 1.1 to 1.5", required: true }) };
  static override flags = {
    out: Flags.string({ description: "a new file to write instead of printing", helpValue: "<file>" }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RulesImport);
    const { rulesets, lost } = await (await this.open(flags)).rules.import(args.file);
    const comments = lost.map((what) => `# not carried over: ${what.replaceAll("\n", " ")}\n`).join("");
    const text = `${comments}${stringify({ rulesets: { ...rulesets } }, { lineWidth: 120 })}`;
    if (flags.out === undefined) this.print(text.trimEnd());
    else write(flags.out, text);
    for (const what of lost) this.say(`not carried over: ${what}`);
    process.exitCode = lost.length > 0 ? EXIT.failed : EXIT.done;
    return { rulesets: { ...rulesets }, lost: [...lost] };
  }
}

function write(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new StagecraftError("file-exists", `${file} is there already`, { help: "name another file with --out" });
  }
}
