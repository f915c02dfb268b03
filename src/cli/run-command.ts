import type { App, ApprovalRow, InboxBody, Listener, LoadedDefinition, RunRow, RunView } from "../app.js";
import { StagecraftError } from "../core/errors.js";
import type { RunStatus } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import { mayReopen } from "../core/outside.js";
import type { Plan } from "../core/plan.js";
import { approvalDocument, viewDocument } from "../observe/documents.js";
import { BaseCommand, type BaseFlags } from "./command.js";
import { EXIT, exitCodeOf } from "./exit.js";
import { runReference } from "./flags.js";
import { onInterrupt, STOPPING } from "./interrupt.js";
import { nextCommands } from "./next.js";
import { command } from "./people.js";
import { createRenderer } from "./render/choose.js";
import { diagnosticsText } from "./render/diagnostics.js";
import type { Renderer } from "./render/renderer.js";
import { EMBEDDED_NOTE, summaryOf, usesEmbedded } from "./render/run.js";
import { paintFor } from "./render/style.js";
import { watchStrays } from "./strays.js";

/** What the commands that drive a run share. */
export interface DriveFlags extends BaseFlags {
  readonly wait: number;
  readonly events?: boolean;
}

/** What the commands share that ask something of a run which is there already. */
interface ControlFlags extends DriveFlags {
  readonly last: boolean;
  readonly as?: string | undefined;
}

interface Ending extends Pick<Showing, "asked"> {
  readonly interrupted: boolean;
}

/** What goes on while a run is shown, and what Ctrl-C says. */
interface Showing {
  readonly work: (listener: Listener, signal: AbortSignal, tell: Renderer["tell"]) => Promise<unknown>;
  readonly stopping: string;
  /** The status that the command was meant to bring about. */
  readonly asked?: RunStatus | undefined;
}

/** A command after which a run goes on: it shows the run live, then where it stands and what to do next. */
export abstract class RunCommand extends BaseCommand {
  /** After events, the result is one more line. */
  protected override logJson(document: unknown): void {
    if (this.argv.includes("--events")) process.stdout.write(`${JSON.stringify(document)}\n`);
    else super.logJson(document);
  }

  /** The definition's plan. @throws StagecraftError `definition-invalid` after its findings were printed */
  protected planOf({ file, reading }: LoadedDefinition): Plan {
    if (reading.plan) return reading.plan;
    if (!this.jsonEnabled()) process.stderr.write(`${diagnosticsText(reading.diagnostics, reading.texts)}\n\n`);
    throw new StagecraftError("definition-invalid", `${file} is not a valid definition`, {
      help: `npx stagecraft validate ${file} --json lists the findings for programs`,
    });
  }

  /**
   * The run a person named, if it can still go on; also one that ended and is taken up again by what is asked.
   * @throws StagecraftError `run-finished`
   */
  protected async openRun(app: App, reference: string, asked?: InboxBody): Promise<RunRow> {
    const run = await app.findRun(reference);
    if (run.endedAt === null || (asked !== undefined && mayReopen(run.status, asked.type))) return run;
    throw new StagecraftError("run-finished", `run ${run.id} has ended: ${run.status}`, {
      help: run.status === "failed" ? `npx stagecraft retry ${run.id}` : `npx stagecraft runs show ${run.id}`,
    });
  }

  /** Sends what a person asks of the run they named, and drives on. @throws StagecraftError `run-finished`, `not-possible` */
  protected async ask(
    named: string | undefined,
    flags: ControlFlags,
    body: (by: string) => InboxBody,
    { asked }: { readonly asked?: RunStatus } = {},
  ): Promise<JsonObject> {
    const app = await this.open(flags);
    const message = body(app.actor(flags.as).user);
    const run = await this.openRun(app, runReference(named, flags.last), message);
    await app.send(run.id, message);
    return this.go(app, run, flags, asked);
  }

  /** Drives the run as far as it goes within the patience and says where it stands. With `asked`, that status counts as done. */
  protected async go(app: App, run: RunRow, flags: DriveFlags, asked?: RunStatus): Promise<JsonObject> {
    const ignoreStrays = watchStrays((await app.log()).warn);
    try {
      const drive: Showing["work"] = (listener, signal, progress) =>
        app.drive(run.id, { patience: flags.wait, signal, listener, progress, after: run.headSeq });
      return await this.show(app, run, flags, { work: drive, stopping: STOPPING, asked });
    } finally {
      ignoreStrays();
    }
  }

  /** Shows the run live while `work` goes on, which tells the listener its events, then says where it stands. */
  protected async show(
    app: App,
    run: RunRow,
    flags: BaseFlags & { readonly events?: boolean },
    { work, stopping, asked }: Showing,
  ): Promise<JsonObject> {
    const { plan } = await app.view(run.id);
    const renderer = await createRenderer([{ run: run.id, plan, label: run.workflow }], {
      json: this.jsonEnabled(),
      events: flags.events ?? false,
      quiet: flags.quiet ?? false,
    });
    const past = await (await app.store()).readEvents(run.id, 0, run.headSeq);
    // A run that was just created has its beginning still to tell.
    if (past.length === 1) renderer.listen(run.id, past);
    else renderer.recall(run.id, past);
    const interrupt = onInterrupt(() => this.say(stopping));
    try {
      await work(renderer.listen, interrupt.signal, renderer.tell);
    } catch (error) {
      this.say(`run ${run.id} is kept, and goes on from where it is: ${command("resume", run.id)}`);
      throw error;
    } finally {
      await renderer.stop();
      interrupt.stop();
    }
    return this.#report(app, await app.view(run.id), { interrupted: interrupt.signal.aborted, asked });
  }

  /** Where a run stands: for a person, for a program, and as the exit code. */
  async #report(app: App, view: RunView, { interrupted, asked }: Ending): Promise<JsonObject> {
    const { run } = view;
    const approvals = await (await app.store()).listApprovals({ run: run.id, status: ["open"] });
    const isOpen = run.endedAt === null;
    const exit = interrupted && isOpen ? EXIT.interrupted : run.status === asked ? EXIT.done : exitCodeOf(run);
    process.exitCode = exit;
    if (usesEmbedded(view)) this.say(`note: ${EMBEDDED_NOTE}`);
    if (exit === EXIT.interrupted) this.say("interrupted: everything up to here is saved");
    this.print(summaryOf(view, paintFor(process.stdout)));
    for (const approval of approvals) this.print(`  waits for ${approvalLine(approval)}`);
    if (approvals.length === 0 && run.waitingFor !== null && isOpen) this.print(`  waits for ${run.waitingFor}`);
    const next = nextCommands(app.config, view, approvals);
    this.next(...next);
    return {
      run: viewDocument(view),
      approvals: approvals.map(approvalDocument),
      exitCode: exit,
      next: [...next],
    };
  }
}

function approvalLine({ id, stage, request }: ApprovalRow): string {
  return `${stage}: ${request.title} (${id}, ${request.approvers.join(" or ")})`;
}
