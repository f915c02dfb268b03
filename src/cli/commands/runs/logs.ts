import { Flags } from "@oclif/core";
import type { Event, Recorded } from "../../../core/event.js";
import { BaseCommand } from "../../command.js";
import { lastFlag, runArgs, runReference } from "../../flags.js";
import { onInterrupt } from "../../interrupt.js";
import { dateOf, lineOf } from "../../render/lines.js";
import { paintFor } from "../../render/style.js";

export default class RunsLogs extends BaseCommand {
  static override aliases = ["logs"];
  static override description = "Show what happened in a run, an event a line; with --json each as a JSON line.";
  static override examples = [
    "<%= config.bin %> runs logs --last",
    "<%= config.bin %> runs logs 7f3a -f --stage checks",
    "<%= config.bin %> runs logs 7f3a --json | jq 'select(.event.type == \"stageEnded\")'",
  ];
  static override args = runArgs;
  static override flags = {
    follow: Flags.boolean({ char: "f", description: "go on with what happens until the run ends" }),
    stage: Flags.string({ description: "only this stage, and what is inside it", helpValue: "<path>" }),
    ...lastFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsLogs);
    const app = await this.open(flags);
    const run = await app.findRun(runReference(args.run, flags.last));
    const write = (_: string, recorded: readonly Recorded[]) => {
      for (const one of recorded) if (isWanted(one.event, flags.stage)) this.#write(run.id, one);
    };
    write(run.id, await (await app.store()).readEvents(run.id, 0, run.headSeq));
    if (!flags.follow) return;
    const interrupt = onInterrupt(() => {});
    await app.follow(run.id, { untilEnded: true, after: run.headSeq, listener: write, signal: interrupt.signal });
    interrupt.stop();
  }

  /** Each line was its own document. */
  protected override logJson(document: unknown): void {
    if (document !== undefined) super.logJson(document);
  }

  #write(run: string, { seq, event }: Recorded): void {
    if (this.jsonEnabled()) {
      process.stdout.write(`${JSON.stringify({ run, seq, event })}\n`);
      return;
    }
    const line = lineOf(event);
    if (line !== undefined) this.print(`${paintFor(process.stdout)("dim", dateOf(event.at))}  ${line}`);
  }
}

/** The stage itself, and stages within it: `checks`, `checks/sanctions`, `checks[2]`, `checks#1`. */
function isWanted(event: Event, stage: string | undefined): boolean {
  if (stage === undefined) return true;
  if (!("stage" in event) || event.stage === undefined) return false;
  return event.stage === stage || (event.stage.startsWith(stage) && "/[#~".includes(event.stage[stage.length] ?? " "));
}
