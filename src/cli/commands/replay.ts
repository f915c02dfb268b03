import type { App } from "../../app.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { side } from "../diff.js";
import { EXIT } from "../exit.js";
import { lastFlag, runArgs, runReference } from "../flags.js";
import { count } from "../render/lines.js";
import { type Paint, paintFor } from "../render/style.js";
import { shorten, table } from "../render/table.js";

type Drift = Awaited<ReturnType<App["retrace"]>>["drifts"][number];

interface Row {
  readonly seq: number;
  readonly stage: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export default class Replay extends BaseCommand {
  static override description =
    "Take every pure step of a run again, offline, and name what would be another today: conditions, inputs, pure stages, ends.";
  static override examples = ["<%= config.bin %> replay --last", "<%= config.bin %> replay 7f3a --json"];
  static override args = runArgs;
  static override flags = { ...lastFlag };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Replay);
    const app = await this.open(flags);
    const { id } = await app.findRun(runReference(args.run, flags.last));
    const { events, repeated, drifts } = await app.retrace(id);
    if (drifts.length > 0) {
      this.print(tableOf(drifts.flatMap(rowsOf), paintFor(process.stdout)));
      process.exitCode = EXIT.failed;
    }
    const found = drifts.length === 0 ? "no drift" : `${count(drifts.length, "event")} drifted`;
    this.say(`${found}: of ${count(events, "event")}, ${repeated} were taken again`);
    return { run: id, events, repeated, drifts: drifts.map(documentOf) };
  }
}

function rowsOf({ seq, stage, differences }: Drift): readonly Row[] {
  return differences.map(({ path, before, after }) => ({
    seq,
    stage: stage ?? "the run",
    field: path.join("."),
    before: side(before),
    after: side(after),
  }));
}

function documentOf({ seq, stage, differences }: Drift): JsonObject {
  return {
    seq,
    stage: stage ?? null,
    differences: differences.map(({ path, before, after }) => ({
      path: [...path],
      before: before ?? null,
      after: after ?? null,
    })),
  };
}

function tableOf(rows: readonly Row[], paint: Paint): string {
  return table(
    rows,
    [
      { title: "EVENT", cell: ({ seq }) => String(seq) },
      { title: "STAGE", cell: ({ stage }) => stage },
      { title: "FIELD", cell: ({ field }) => field },
      { title: "RECORDED", cell: ({ before }) => paint("red", shorten(before, 60)) },
      { title: "NOW", cell: ({ after }) => paint("green", shorten(after, 60)) },
    ],
    (head) => paint("dim", head),
  );
}
