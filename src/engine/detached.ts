import { bug, StageError } from "../core/errors.js";
import type { ParentStage } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { RunState, StageState } from "../core/state.js";
import type { Tool } from "../plugin/api.js";
import { asStageError, workflowTool } from "./called.js";
import type { DriveOptions } from "./drive-parts.js";
import type { Host, RunRow, StoredDefinition } from "./ports.js";
import { Slots } from "./slots.js";

/** What starts and drives runs. */
export interface Runner {
  start(definition: StoredDefinition, options: StartDetached): Promise<{ readonly run: RunRow }>;
  drive(run: string, options: DriveOptions, slots?: Slots): Promise<unknown>;
}

interface StartDetached {
  readonly inputs: JsonObject;
  readonly by: string;
  readonly parent: ParentStage;
  readonly provider?: string;
  readonly idempotencyKey: string;
}

/** Runs that stages start: those nobody waits for, and those that are an agent's tool. */
export class Detached {
  readonly #host: Host;
  readonly #runner: Runner;
  readonly #isDriving: boolean;
  readonly #drives = new Set<Promise<unknown>>();

  constructor(host: Host, runner: Runner, isDriving: boolean) {
    this.#host = host;
    this.#runner = runner;
    this.#isDriving = isDriving;
  }

  /**
   * Starts the run, the same one however often the stage is tried, and drives it here as far as it goes.
   * @throws StageError what starting it was refused with
   */
  readonly spawn = async (
    parent: RunState,
    stage: StageState,
    inputs: JsonObject,
    { patience, signal }: DriveOptions,
  ): Promise<string> => {
    const key = `detached ${parent.id}/${stage.path}`;
    const run = await this.#start(parent, stage, stage.plan.calls ?? "", inputs, key);
    if (this.#isDriving) this.#drive(run.id, { patience, signal });
    return run.id;
  };

  /** What an agent's tool `workflow.<id>` does: a run of its own, waited for. @throws StageError `unknown-tool` */
  readonly tool = (parent: RunState, stage: StageState, id: string): Tool => {
    const { called } = parent.plan;
    const workflow = Object.hasOwn(called, id) ? called[id] : undefined;
    if (workflow === undefined) throw new StageError("unknown-tool", `there is no workflow ${id} here`);
    return workflowTool(this.#host, parent, stage, workflow, async (inputs, key, signal) => {
      if (!this.#isDriving) throw new StageError("unmocked-effect", `${stage.path} would start a run of ${id}`);
      const run = await this.#start(parent, stage, id, inputs, key);
      if (run.endedAt === null) {
        // The stage holds a place while it waits: it lends it, or runs that wait for each other could take them all.
        await this.#runner.drive(run.id, { patience: 0, signal }, new Slots(1));
      }
      return (await this.#host.store.getRun(run.id)) ?? run;
    });
  };

  async #start(parent: RunState, stage: StageState, id: string, inputs: JsonObject, idempotencyKey: string) {
    const { run } = await this.#runner
      .start(this.#definitionOf(parent, id), {
        inputs,
        by: parent.by,
        parent: { run: parent.id, stage: stage.path },
        ...(parent.provider === null ? {} : { provider: parent.provider }),
        idempotencyKey,
      })
      .catch((error: unknown) => {
        throw asStageError(error);
      });
    return run;
  }

  async settled(): Promise<void> {
    while (this.#drives.size > 0) await Promise.all(this.#drives);
  }

  #definitionOf({ plan: { called } }: RunState, id: string): StoredDefinition {
    const workflow = called[id];
    if (workflow === undefined) throw bug(`the plan lacks the workflow ${id}`);
    const plan: Plan = { format: 1, workflow, called };
    const { version } = workflow;
    const hash = this.#host.sha256(JSON.stringify(plan));
    return { hash, id, version, source: "", plan, at: this.#host.clock.now() };
  }

  #drive(run: string, options: DriveOptions): void {
    const drive = this.#runner.drive(run, options).catch((error: Error) => {
      this.#host.log.error(`run ${run} cannot go on: ${error.message}`);
    });
    this.#drives.add(drive);
    void drive.finally(() => this.#drives.delete(drive));
  }
}
