import { Args } from "@oclif/core";
import { StagecraftError } from "../../../core/errors.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { paintFor } from "../../render/style.js";

export default class PluginsShow extends BaseCommand {
  static override description = "Show a stage type: what it takes, what it gives, how it ends, examples.";
  static override examples = ["<%= config.bin %> plugins show approval"];
  static override args = { stage: Args.string({ description: "name of a stage type, as in `uses`", required: true }) };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(PluginsShow);
    const app = await this.open(flags);
    const registry = await app.registry();
    const type = registry.stages.get(args.stage);
    if (!type) {
      throw new StagecraftError("unknown-stage-type", `there is no stage type ${args.stage}`, {
        help: `stage types: ${[...registry.stages.keys()].sort().join(", ")}`,
      });
    }
    const owner = registry.ownerOf("stage type", type.name) ?? "";
    const output = typeof type.output === "function" ? "depends on `with`" : JSON.stringify(type.output, null, 2);
    const outcomes = typeof type.outcomes === "function" ? ["depends on `with`"] : (type.outcomes ?? ["succeeded"]);
    const paint = paintFor(process.stdout);
    const part = (title: string, body: string) => `${paint("bold", title)}\n${body}`;
    const sections = [
      `${paint("bold", type.name)} — ${type.title} ${paint("dim", `${type.kind}, from plugin ${owner}`)}\n${type.description}`,
      part("with", JSON.stringify(type.input, null, 2)),
      part("outputs", output),
      part("outcomes", outcomes.join(", ")),
      ...(type.examples ?? []).map((example) => part("example", example.trimEnd())),
    ];
    this.print(sections.join("\n\n"));
    const { name, title, description, kind, input } = type;
    const known = typeof type.output === "function" ? null : type.output;
    return { name, title, description, kind, plugin: owner, input, output: known, outcomes: [...outcomes] };
  }
}
