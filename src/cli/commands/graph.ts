import fs from "node:fs";
import { Args, Flags } from "@oclif/core";
import type { App } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { Json, JsonObject } from "../../core/json.js";
import { finallyOf, type GraphModel, modelOf } from "../../observe/graph/model.js";
import { lastFlag, runReference } from "../flags.js";
import { draw, FORMATS } from "../graph/index.js";
import { standingOf } from "../render/run.js";
import { paintFor } from "../render/style.js";
import { RunCommand } from "../run-command.js";
import { writeFile } from "../write-file.js";

/** Then the name is that of a definition. */
const NO_RUN: ReadonlySet<string> = new Set(["unknown-run", "store-missing"]);

export default class Graph extends RunCommand {
  static override description = "Draw the graph of a definition, or of a run with how each stage stands.";
  static override examples = [
    "<%= config.bin %> graph financial-approval",
    "<%= config.bin %> graph --last",
    "<%= config.bin %> graph financial-approval --format svg -o graph.svg",
  ];
  static override args = { what: Args.string({ description: "id or file of a definition, or a run" }) };
  static override flags = {
    format: Flags.option({ options: FORMATS })({ description: "how to draw it", default: "ascii" }),
    output: Flags.string({ char: "o", description: "write it there", helpValue: "<file>" }),
    columns: Flags.integer({ description: "width for ascii; a wider graph becomes a list", helpValue: "<number>" }),
    ...lastFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Graph);
    const app = await this.open(flags);
    const models = await this.#models(app, args.what, flags.last);
    const toFile = flags.output !== undefined;
    const text = await draw(models, flags.format, {
      columns: flags.columns ?? (process.stdout.isTTY && !toFile ? process.stdout.columns : 160),
      paint: toFile ? (_format, plain) => plain : paintFor(process.stdout),
    });
    if (flags.output !== undefined) {
      writeFile(flags.output, `${text}\n`);
      this.say(`written to ${flags.output}`);
    } else this.print(text);
    return { format: flags.format, graphs: models as unknown as Json, ...(toFile ? {} : { text }) };
  }

  async #models(app: App, what: string | undefined, last: boolean): Promise<readonly GraphModel[]> {
    const isDefinition = what !== undefined && !last && (await isDefinitionName(app, what));
    if (isDefinition) {
      const plan = this.planOf(await app.read(what));
      return [modelOf(plan), finallyOf(plan)].filter((model) => model !== undefined);
    }
    const { id } = await app.findRun(runReference(what, last)).catch((error: unknown) => {
      if (!(error instanceof StagecraftError) || !NO_RUN.has(error.code) || last) throw error;
      throw new StagecraftError("unknown-definition", `there is no definition and no run called ${what}`, {
        help: "npx stagecraft validate lists the definitions, npx stagecraft runs ls the runs",
      });
    });
    const { plan, stages } = await app.view(id);
    const statuses = new Map(stages.map((stage) => [stage.path, standingOf(stage)]));
    return [modelOf(plan, statuses), finallyOf(plan, statuses)].filter((model) => model !== undefined);
  }
}

async function isDefinitionName(app: App, name: string): Promise<boolean> {
  if (/[./\\]/.test(name) && fs.existsSync(name)) return true;
  return (await app.definitions()).some(({ id }) => id === name);
}
