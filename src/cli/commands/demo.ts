import { Flags } from "@oclif/core";
import type { App, RunView } from "../../app.js";
import type { JsonObject } from "../../core/json.js";
import { viewDocument } from "../../observe/documents.js";
import { BaseCommand } from "../command.js";
import { CASES, type Started, startCase } from "../demo/cases.js";
import { metricsOf, metricsTable } from "../demo/metrics.js";
import { storyOf } from "../demo/story.js";
import { EXIT } from "../exit.js";
import { onInterrupt, STOPPING } from "../interrupt.js";
import { nextCommands } from "../next.js";
import { createRenderer } from "../render/choose.js";
import { EMBEDDED_NOTE, usesEmbedded } from "../render/run.js";
import { paintFor } from "../render/style.js";
import { watchStrays } from "../strays.js";

export default class Demo extends BaseCommand {
  static override description = "Run the three shipped workflows at once, and leave one waiting for your approval.";
  static override flags = {
    as: Flags.string({ description: "start them as this configured user", helpValue: "<user>" }),
    provider: Flags.string({ description: "agent provider that goes before all others", helpValue: "<name>" }),
  };

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Demo);
    const app = await this.open(flags);
    this.say(`Running ${CASES.length} workflows at once. Journal: ${app.config.dbShown}`);
    const started: Started[] = [];
    for (const one of CASES) started.push(await startCase(app, one, flags));
    const stopped = await this.#drive(app, started, flags.quiet);
    const views = await Promise.all(started.map(({ run }) => app.view(run.id)));
    this.#tell(views, started);
    const next = await this.#next(app, views);
    this.say("\nThree things to try:");
    this.next(...next);
    // The large purchase is meant to wait; everything else is meant to succeed.
    const asMeant = views.every(({ run }, at) => run.status === (at === CASES.length - 1 ? "waiting" : "succeeded"));
    process.exitCode = stopped ? EXIT.interrupted : asMeant ? EXIT.done : EXIT.failed;
    return { runs: views.map(viewDocument), next: [...next] };
  }

  /** True: a person interrupted it. */
  async #drive(app: App, started: readonly Started[], quiet: boolean): Promise<boolean> {
    const shown = started.map(({ run, plan, case: { sample } }) => ({
      run: run.id,
      plan,
      label: sample.replace(/\.json$/, ""),
    }));
    const renderer = await createRenderer(shown, { json: this.jsonEnabled(), quiet });
    const interrupt = onInterrupt(() => this.say(STOPPING));
    const ignoreStrays = watchStrays((await app.log()).warn);
    const options = { patience: 30_000, signal: interrupt.signal, listener: renderer.listen };
    try {
      await Promise.all(started.map(({ run }) => app.drive(run.id, options)));
    } finally {
      await renderer.stop();
      interrupt.stop();
      ignoreStrays();
    }
    return interrupt.signal.aborted;
  }

  #tell(views: readonly RunView[], started: readonly Started[]): void {
    const paint = paintFor(process.stdout);
    const columns = process.stdout.columns ?? 120;
    const each = views.map((view, at) => ({ view, about: started[at]?.case ?? CASES[0] }));
    for (const { view, about } of each) if (about) this.print(`\n${storyOf(view, about, paint, columns)}`);
    this.print(
      `\n${metricsTable(
        each.map(({ view, about }) => metricsOf(view, about?.sample.replace(/\.json$/, "") ?? "")),
        paint,
      )}`,
    );
    if (views.some(usesEmbedded)) this.say(`\nnote: ${EMBEDDED_NOTE}`);
  }

  async #next(app: App, views: readonly RunView[]): Promise<readonly string[]> {
    const store = await app.store();
    const [first, large] = [views[0], views.at(-1)];
    if (!first || !large) return [];
    const approvals = await store.listApprovals({ run: large.run.id, status: ["open"] });
    const [approve = ""] = nextCommands(app.config, large, approvals);
    return [approve, `npx stagecraft runs show ${first.run.id}`, `npx stagecraft graph ${large.run.id}`];
  }
}
