import { Args } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { completionScript, SHELLS, type Shell } from "../completion.js";

export default class Autocomplete extends BaseCommand {
  static override description = "Print what makes a shell complete commands and flags.";
  static override examples = [
    "source <(<%= config.bin %> autocomplete bash)",
    "<%= config.bin %> autocomplete zsh > ~/.zfunc/_<%= config.bin %>",
    "<%= config.bin %> autocomplete fish > ~/.config/fish/completions/<%= config.bin %>.fish",
  ];
  static override args = {
    shell: Args.string({ description: "whose", options: [...SHELLS], required: true }),
  };

  async run(): Promise<JsonObject> {
    const { args } = await this.parse(Autocomplete);
    const known = this.config.commands.filter(({ hidden }) => !hidden);
    const commands = known.map(({ id, description = "", flags }) => ({
      words: id.split(":"),
      description: description.split("\n")[0] ?? "",
      flags: Object.values(flags)
        .filter(({ hidden }) => !hidden)
        .map(({ name, char, description: text = "", ...flag }) => ({
          name,
          ...(char !== undefined && { char }),
          description: text,
          options: "options" in flag ? (flag.options ?? []) : [],
        })),
    }));
    const shell = args.shell as Shell;
    const script = completionScript(shell, this.config.bin, commands);
    this.print(script);
    return { shell, script };
  }
}
