import { bug, StagecraftError, StageError } from "../core/errors.js";
import type { ParentStage } from "../core/event.js";
import type { JsonObject } from "../core/json.js";
import type { Plan } from "../core/plan.js";
import type { RunState, StageState } from "../core/state.js";
import type { DriveOptions } from "./drive-parts.js";
import type { Host, RunRow, StoredDefinition } from "./ports.js";

/** What starts and drives runs. */
interface Runner {
  start(definition: StoredDefinition, options: StartDetached): Promise<{ readonly run: RunRow }>;
  drive(run: string, options: DriveOptions): Promise<unknown>;
}

interface StartDetached {
  readonly inputs: JsonObject;
  readonly by: string;
  readonly parent: ParentStage;
  readonly provider?: string;
  readonly idempotencyKey: string;
}

/** Runs that stages start and do not wait for. */
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
    const { run } = await this.#runner
      .start(this.#definitionOf(parent, stage), {
        inputs,
        by: parent.by,
        parent: { run: parent.id, stage: stage.path },
        ...(parent.provider === null ? {} : { provider: parent.provider }),
        idempotencyKey: `detached ${parent.id}/${stage.path}`,
      })
      .catch((error: unknown) => {
        if (!(error instanceof StagecraftError) || error.kind === "bug") throw error;
        // A group that is full will have room again.
        throw new StageError(error.code, error.message, { retryable: error.kind !== "usage" });
      });
    if (this.#isDriving) this.#drive(run.id, { patience, signal });
    return run.id;
  };

  async settled(): Promise<void> {
    while (this.#drives.size > 0) await Promise.all(this.#drives);
  }

  #definitionOf({ plan: { called } }: RunState, stage: StageState): StoredDefinition {
    const workflow = called[stage.plan.calls ?? ""];
    if (workflow === undefined) throw bug(`the plan lacks the workflow ${stage.plan.calls}`);
    const plan: Plan = { format: 1, workflow, called };
    const { id, version } = workflow;
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
