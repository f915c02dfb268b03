import { Flags } from "@oclif/core";
import type { App, RunRow } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { controlFlags, runArgs, runReference } from "../flags.js";
import { command } from "../people.js";
import { migrationText } from "../render/migration.js";
import { paintFor } from "../render/style.js";
import { RunCommand } from "../run-command.js";

interface MigrateFlags {
  readonly to?: string | undefined;
  readonly as?: string | undefined;
  readonly "dry-run": boolean;
}

export default class Resume extends RunCommand {
  static override description = "Go on with a run that was interrupted, paused or waits.";
  static override examples = [
    "<%= config.bin %> resume --last",
    "<%= config.bin %> resume 7f3a --wait 10m",
    "<%= config.bin %> resume 7f3a --budget 2.50",
    "<%= config.bin %> resume 7f3a --migrate --dry-run",
  ];
  static override args = runArgs;
  static override flags = {
    migrate: Flags.boolean({ description: "go on by the definition as it is now, where its history allows that" }),
    to: Flags.string({ description: "the definition to move to", helpValue: "<file>", dependsOn: ["migrate"] }),
    "dry-run": Flags.boolean({ description: "only say what would come of it", dependsOn: ["migrate"] }),
    budget: Flags.custom<number>({
      description: "allow the run and each of its stages so many dollars more",
      helpValue: "<usd>",
      parse: async (text) => dollars(text),
    })(),
    tokens: Flags.integer({
      description: "allow the run and each of its stages so many tokens more",
      helpValue: "<number>",
      min: 1,
    }),
    ...controlFlags,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Resume);
    const app = await this.open(flags);
    const run = await this.openRun(app, runReference(args.run, flags.last));
    const migration = flags.migrate ? { migration: await this.#migrate(app, run, flags) } : {};
    if (flags["dry-run"]) return migration;
    const by = app.actor(flags.as).user;
    const more = { ...(flags.budget && { usd: flags.budget }), ...(flags.tokens && { tokens: flags.tokens }) };
    if (Object.keys(more).length > 0) await app.send(run.id, { type: "raise", by, ...more });
    if (run.status === "paused") await app.send(run.id, { type: "resume", by });
    return { ...(await this.go(app, run, flags)), ...migration };
  }

  /** @throws StagecraftError `cannot-migrate` with every reason */
  async #migrate(app: App, run: RunRow, flags: MigrateFlags): Promise<JsonObject> {
    const definition = await app.read(flags.to ?? run.workflow);
    this.planOf(definition);
    const migration = await app.migrate(run.id, definition, { by: app.actor(flags.as), isDry: flags["dry-run"] });
    this.print(migrationText(migration, paintFor(process.stdout)));
    const { changes, words, refusals } = migration;
    if (refusals.length > 0) {
      throw new StagecraftError("cannot-migrate", refusals.join("\n"), {
        help: `the run is as it was; ${command(`resume ${run.id}`)} goes on by the definition it began with`,
      });
    }
    if (flags["dry-run"]) this.next(command(`resume ${run.id} --migrate`));
    return { changes: changes.map((change) => ({ ...change, words: [...change.words] })), words: [...words] };
  }
}

function dollars(text: string): number {
  const usd = Number(text);
  if (Number.isFinite(usd) && usd > 0) return usd;
  throw new StagecraftError("invalid-flag", `--budget ${text} is no amount of dollars`, { help: "such as 2.50" });
}
