import { Args, Flags } from "@oclif/core";
import type { App } from "../../app.js";
import type { JsonObject } from "../../core/json.js";
import type { Plan } from "../../core/plan.js";
import { runDocument } from "../../observe/documents.js";
import { backendFlag, driveFlags } from "../flags.js";
import { readInputs, refuseInputs } from "../inputs.js";
import { command } from "../people.js";
import { count } from "../render/lines.js";
import { show } from "../render/run.js";
import { paintFor } from "../render/style.js";
import { RunCommand } from "../run-command.js";

export default class Run extends RunCommand {
  static override description = "Start a run of a definition and follow it.";
  static override examples = [
    "<%= config.bin %> run financial-approval --input-file definitions/samples/financial-approval.small.json",
    "<%= config.bin %> run refund -i amount=40 -i reason=late",
    "<%= config.bin %> run refund -i amount=40 -i reason=late --dry-run",
  ];
  static override args = { definition: Args.string({ description: "id or file of the definition", required: true }) };
  static override flags = {
    input: Flags.string({
      char: "i",
      description: "an input, typed by its schema",
      helpValue: "<name=value>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "input-file": Flags.string({ description: "inputs as JSON or YAML; - reads stdin", helpValue: "<file>" }),
    "dry-run": Flags.boolean({ description: "check everything and show the plan, but start nothing" }),
    detach: Flags.boolean({ description: "start it and leave it to `resume`" }),
    concurrency: Flags.integer({ description: "effects in flight at once", min: 1, helpValue: "<number>" }),
    provider: Flags.string({ description: "agent provider that goes before all others", helpValue: "<name>" }),
    priority: Flags.integer({
      description: "of runs that wait for a process, the higher goes first",
      helpValue: "<number>",
      min: -1_000,
      max: 1_000,
    }),
    ...backendFlag,
    verbose: Flags.boolean({ char: "v", description: "log everything that happens", exclusive: ["log-level"] }),
    ...driveFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Run);
    const app = await this.open(flags.verbose ? { ...flags, "log-level": "debug" } : flags);
    const definition = await app.read(args.definition);
    const plan = this.planOf(definition);
    const { checkInputs, coerceInput } = await import("../../app.js");
    const given = { pairs: flags.input ?? [], file: flags["input-file"] };
    const inputs = await readInputs(given, plan.workflow.inputs, coerceInput);
    const checked = checkInputs(plan.workflow, inputs);
    refuseInputs(checked.issues);
    if (flags["dry-run"]) return this.#preview(plan, checked.values);
    // Said before the store is opened, which takes as long as everything up to here.
    this.say(headerOf(plan, definition.file));
    const by = app.actor(flags.as);
    const traceparent = app.config.env("TRACEPARENT");
    const run = await app.start(definition, {
      inputs,
      by,
      ...(flags.provider ? { provider: flags.provider } : {}),
      ...(flags.priority === undefined ? {} : { priority: flags.priority }),
      ...(traceparent ? { traceparent } : {}),
    });
    return flags.detach ? this.#leave(app, run.id) : this.go(app, run, flags);
  }

  async #leave(app: App, id: string): Promise<JsonObject> {
    const { run } = await app.view(id);
    this.print(run.id);
    const next = [command(`resume ${run.id}`)];
    this.next(...next);
    return { run: runDocument(run), next };
  }

  async #preview(plan: Plan, inputs: JsonObject): Promise<JsonObject> {
    const [{ asciiOf }, { modelOf }] = await Promise.all([
      import("../graph/ascii/index.js"),
      import("../../observe/graph/model.js"),
    ]);
    const paint = paintFor(process.stdout);
    this.print(asciiOf(modelOf(plan), { columns: process.stdout.columns ?? 120, paint }));
    this.say(`inputs: ${show(inputs)}`);
    this.say("nothing was started");
    return { workflow: plan.workflow.id, version: plan.workflow.version, inputs, started: false };
  }
}

/** `refund 1.2.0: 4 stages from definitions/refund.workflow.yaml`. */
function headerOf({ workflow: { id, version, graph } }: Plan, file: string): string {
  return `${id} ${version}: ${count(graph.stages.length, "stage")} from ${file}`;
}
