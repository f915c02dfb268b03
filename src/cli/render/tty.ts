import { Listr, ListrDefaultRendererLogLevels, type ListrTask, type ListrTaskWrapper } from "listr2";
import type { Listener } from "../../app.js";
import { barOf } from "./bar.js";
import { createProgress, type Progress, type StageProgress } from "./progress.js";
import type { Renderer, Shown } from "./renderer.js";
import { type Paint, paintFor, signOf } from "./style.js";
import { tailOf } from "./tail.js";

/** One row of the live view; drawn anew at every event. */
interface Row {
  readonly text: () => string;
  /** The spinner turns while it is. */
  readonly isBusy: () => boolean;
}

/** Columns of a row that are neither its stage nor its note: the spinner and the gaps. */
const AROUND = 6;

type Wrapper = ListrTaskWrapper<unknown, never, never>;

/** A row a stage; a row a run where there are several runs, or more stages than lines on the screen. */
export function createTtyRenderer(shown: readonly Shown[], stream: NodeJS.WriteStream): Renderer {
  const paint = paintFor(stream);
  const progress = new Map(shown.map(({ run, plan, label }) => [run, createProgress(plan, label)]));
  const all = [...progress.values()];
  const [only] = all;
  const showStages = only !== undefined && all.length === 1 && only.stages.length <= (stream.rows ?? 24) - 4;
  const rows = showStages
    ? only.stages.map((stage) => stageRow(stage, paint, stream))
    : all.map((run) => runRow(run, paint));
  const live = draw(rows);
  const listen: Listener = (run, events) => {
    const seen = progress.get(run);
    if (!seen) return;
    for (const { event } of events) seen.see(event);
    live.refresh();
  };
  const tell: Renderer["tell"] = (stage, message) => {
    // Whoever drives several runs is not told which of them says it.
    if (all.length !== 1) return;
    only?.hear(stage, message);
    live.refresh();
  };
  return { listen, recall: listen, tell, stop: live.stop };
}

function stageRow(stage: StageProgress, paint: Paint, { columns = 80 }: NodeJS.WriteStream): Row {
  const isBusy = () => stage.status === "running";
  return {
    isBusy,
    text: () => {
      const [sign, format] = signOf(stage.status);
      // The spinner stands where the sign of a busy stage would.
      const lead = isBusy() ? "" : `${paint(format, sign)} `;
      const name = stage.status === undefined || stage.status === "omitted" ? paint("dim", stage.id) : stage.id;
      const outcome = stage.status === undefined || isBusy() ? "" : `  ${paint(format, stage.status)}`;
      const room = columns - `${stage.id} ${stage.uses}`.length - AROUND;
      const note = (isBusy() ? (barOf(stage) ?? saidBy(stage, room)) : undefined) ?? stage.note;
      return `${lead}${name} ${paint("dim", stage.uses)}${outcome}${note ? `  ${paint("dim", note)}` : ""}`;
    },
  };
}

function saidBy({ said }: StageProgress, room: number): string | undefined {
  return said === undefined ? undefined : tailOf(said, Math.max(8, room));
}

function runRow(run: Progress, paint: Paint): Row {
  const isBusy = () => run.status === "running" && !run.stages.some(({ status }) => status === "waiting");
  return {
    isBusy,
    text: () => {
      const status = run.status === "running" && !isBusy() ? "waiting" : run.status;
      const [sign, format] = signOf(status);
      const ended = run.stages.filter((stage) => stage.status && !["running", "waiting"].includes(stage.status));
      const active = run.stages.filter((stage) => stage.status === "running" || stage.status === "waiting");
      const names = active.map(({ id, note }) => (note ? `${id} (${note})` : id)).join(", ");
      const lead = isBusy() ? "" : `${paint(format, sign)} `;
      return `${lead}${run.label}  ${ended.length}/${run.stages.length}  ${names || paint(format, status)}`;
    },
  };
}

function draw(rows: readonly Row[]): { refresh(): void; stop(): Promise<void> } {
  const wrappers: (Wrapper | undefined)[] = [];
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const refresh = (): void => {
    rows.forEach((row, at) => {
      const wrapper = wrappers[at];
      if (!wrapper) return;
      wrapper.title = row.text();
      wrapper.task.state$ = (row.isBusy() ? "STARTED" : "WAITING") as typeof wrapper.task.state$;
    });
  };
  const tasks = rows.map(
    (row, at): ListrTask => ({
      title: row.text(),
      task: async (_, wrapper) => {
        wrappers[at] = wrapper as unknown as Wrapper;
        refresh();
        await finished;
      },
    }),
  );
  // Rows bring their own signs; only the spinner is the library's.
  const icon = Object.fromEntries(Object.values(ListrDefaultRendererLogLevels).map((level) => [level, ""]));
  const listr = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    rendererOptions: { icon, formatOutput: "truncate", collapseSkips: false },
  });
  const running = listr.run();
  return {
    refresh,
    stop: async () => {
      finish();
      await running;
    },
  };
}
