import { Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs, runReference } from "../flags.js";
import { readInputs } from "../inputs.js";
import { RunCommand } from "../run-command.js";

export default class Fork extends RunCommand {
  static override description =
    "Start a new run that shares the finished stages before one, and decides the rest anew.";
  static override examples = [
    "<%= config.bin %> fork --last --from tier",
    "<%= config.bin %> fork 7f3a --from pay -i amount=120",
  ];
  static override args = runArgs;
  static override flags = {
    from: Flags.string({ description: "the first stage to run again", helpValue: "<stage>", required: true }),
    input: Flags.string({
      char: "i",
      description: "an input that is to differ",
      helpValue: "<name=value>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Fork);
    const app = await this.open(flags);
    const { id } = await app.findRun(runReference(args.run, flags.last));
    const { plan } = await app.view(id);
    const { coerceInput } = await import("../../app.js");
    const inputs = await readInputs({ pairs: flags.input ?? [] }, plan.workflow.inputs, coerceInput);
    const changes = Object.keys(inputs).length === 0 ? {} : { inputs };
    const fork = await app.fork(id, flags.from, { by: app.actor(flags.as), ...changes });
    return this.go(app, fork, flags);
  }
}
