import { Args } from "@oclif/core";
import { type CheckedPlugin, checkPlugins } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";
import { count } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";

export default class PluginsCheck extends BaseCommand {
  static override description =
    "Look at what plugins say of themselves: that they load, that their examples hold, that editors have words to show.";
  static override examples = ["<%= config.bin %> plugins check", "<%= config.bin %> plugins check acme/shout"];
  static override args = { plugin: Args.string({ description: "name of a plugin; all of them without it" }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(PluginsCheck);
    const app = await this.open(flags);
    const checked = checkPlugins(await app.registry(), args.plugin);
    this.print(checked.map(textOf).join("\n"));
    const ok = checked.every(({ findings }) => findings.every(({ severity }) => severity !== "error"));
    if (!ok) process.exitCode = EXIT.failed;
    return {
      ok,
      plugins: checked.map(({ plugin: { name, version }, findings }) => ({
        name,
        version,
        findings: findings.map((finding) => ({ ...finding })),
      })),
    };
  }
}

function textOf({ plugin: { name, stages = [] }, findings }: CheckedPlugin): string {
  const paint = paintFor(process.stdout);
  if (findings.length === 0) return `${paint("green", "✔")} ${name}: ${count(stages.length, "stage type")}`;
  return findings
    .map(({ part, severity, message, help }) => {
      const sign = severity === "error" ? paint("red", "✖") : paint("yellow", "!");
      return `${sign} ${name}: ${part}: ${message}\n  ${paint("cyan", "help:")} ${help}`;
    })
    .join("\n");
}
