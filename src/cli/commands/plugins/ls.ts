import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { count } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";
import { table } from "../../render/table.js";

export default class PluginsLs extends BaseCommand {
  static override hiddenAliases = ["plugins:list"];
  static override description = "List plugins with the stage types, providers, tools and notifiers they bring.";
  static override examples = ["<%= config.bin %> plugins ls", "<%= config.bin %> plugins ls --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(PluginsLs);
    const app = await this.open(flags);
    const { plugins } = await app.registry();
    const names = (parts: readonly { readonly name: string }[] | undefined) => (parts ?? []).map(({ name }) => name);
    const paint = paintFor(process.stdout);
    const text = table(
      plugins,
      [
        { title: "PLUGIN", cell: ({ name }) => name },
        { title: "VERSION", cell: ({ version }) => version },
        { title: "STAGES", cell: ({ stages }) => names(stages).join(", ") },
        { title: "PROVIDERS", cell: ({ providers }) => names(providers).join(", ") },
        { title: "TOOLS", cell: ({ tools }) => names(tools).join(", ") },
        { title: "NOTIFIERS", cell: ({ notifiers }) => names(notifiers).join(", ") },
      ],
      (head) => paint("dim", head),
    );
    this.print(text);
    this.say(count(plugins.length, "plugin"));
    this.next("npx stagecraft plugins show approval");
    return {
      plugins: plugins.map(({ name, version, stages, providers, tools, notifiers }) => ({
        name,
        version,
        stages: names(stages),
        providers: names(providers),
        tools: names(tools),
        notifiers: names(notifiers),
      })),
    };
  }
}
