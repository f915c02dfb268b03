import { Flags } from "@oclif/core";
import type { Cost, CostGroup } from "../../app.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { momentFlag } from "../flags.js";
import { csvOf } from "../render/csv.js";
import { paintFor } from "../render/style.js";
import { table } from "../render/table.js";

const GROUPS: readonly CostGroup[] = ["workflow", "stage", "model", "day"];
const COLUMNS = ["key", "calls", "inputTokens", "outputTokens", "usd", "unpriced", "estimated"] as const;

export default class Costs extends BaseCommand {
  static override description = "What models cost, over all runs.";
  static override examples = [
    "<%= config.bin %> costs --by stage --since 7d",
    "<%= config.bin %> costs --by day --csv",
  ];
  static override flags = {
    by: Flags.option({ options: [...GROUPS], default: "workflow" })({ description: "what to add up by" }),
    since: Flags.string({ description: "only calls since; an age or a date", helpValue: "<24h|date>" }),
    workflow: Flags.string({ description: "only runs of this definition", helpValue: "<id>" }),
    csv: Flags.boolean({ description: "as CSV", exclusive: ["json"] }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Costs);
    const { workflow } = flags;
    const by = flags.by as CostGroup;
    const since = flags.since === undefined ? undefined : momentFlag("since", flags.since, Date.now());
    const app = await this.open(flags);
    const costs = await app.costs({
      by,
      ...(since === undefined ? {} : { since }),
      ...(workflow === undefined ? {} : { workflow }),
    });
    if (flags.csv)
      this.print(
        csvOf(
          [by, ...COLUMNS.slice(1), "prices"],
          costs.map((cost) => [...COLUMNS.map((column) => cost[column]), cost.prices.join("; ")]),
        ),
      );
    else if (costs.length > 0) this.#show(by, costs);
    else this.say("no model was asked");
    return { by, costs: costs.map((cost) => ({ ...cost, prices: [...cost.prices], unknown: [...cost.unknown] })) };
  }

  #show(by: CostGroup, costs: readonly Cost[]): void {
    const paint = paintFor(process.stdout);
    const columns = [
      { title: by.toUpperCase(), cell: ({ key }: Cost) => key },
      { title: "CALLS", cell: ({ calls }: Cost) => String(calls), align: "right" as const },
      { title: "TOKENS IN", cell: ({ inputTokens }: Cost) => String(inputTokens), align: "right" as const },
      { title: "OUT", cell: ({ outputTokens }: Cost) => String(outputTokens), align: "right" as const },
      { title: "USD", cell: dollars, align: "right" as const },
    ];
    this.print(table(costs, columns, (head) => paint("dim", head)));
    const unpriced = costs.reduce((sum, cost) => sum + cost.unpriced, 0);
    const estimated = costs.reduce((sum, cost) => sum + cost.estimated, 0);
    const prices = distinct(costs.flatMap((cost) => cost.prices));
    if (prices.length > 0) this.say(`at the prices: ${prices.join(", ")}`);
    if (unpriced > 0) {
      const models = distinct(costs.flatMap((cost) => cost.unknown)).join(", ");
      this.say(`? : nobody knows the price of ${unpriced} of these calls (${models});`);
      this.say("    list it in the project's price table, or give the agent a `price`: docs/how-to/costs.md");
    }
    if (estimated > 0) this.say(`${estimated} of these calls count at an estimate`);
  }
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

function dollars({ usd, unpriced, calls }: Cost): string {
  if (unpriced === calls) return "?";
  return `${usd.toFixed(4)}${unpriced > 0 ? " + ?" : ""}`;
}
