import { Args, Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { asFlag } from "../flags.js";
import { jsonPairs, readInputs } from "../inputs.js";

export default class Emit extends BaseCommand {
  static override description = "Say an event to the runs that wait for it and to the definitions that start by it.";
  static override examples = [
    "<%= config.bin %> emit paymentReceived -d invoice=A-17",
    "<%= config.bin %> emit orderPlaced --data-file order.json --id order-4711",
  ];
  static override args = { event: Args.string({ description: "name of the event", required: true }) };
  static override flags = {
    data: Flags.string({
      char: "d",
      description: "a field of its data; read as JSON where it is JSON",
      helpValue: "<name=value>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "data-file": Flags.string({ description: "its data, as JSON or YAML; - reads stdin", helpValue: "<file>" }),
    id: Flags.string({ description: "the same id twice is one event", helpValue: "<text>" }),
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Emit);
    const app = await this.open(flags);
    const fromFile = await readInputs({ pairs: [], file: flags["data-file"] }, {}, () => null);
    const data = { ...fromFile, ...jsonPairs(flags.data ?? []) };
    const said = await app.events.say({
      name: args.event,
      data,
      by: app.actor(flags.as).user,
      ...(flags.id !== undefined && { id: flags.id }),
    });
    const runs = said.delivered === 1 ? "one run" : `${said.delivered} runs`;
    this.print(`${args.event} said: ${said.delivered === 0 ? "no run" : runs} waited for it`);
    this.next("npx stagecraft schedule ls");
    return { event: args.event, ...said };
  }
}
