import type { Check } from "../../app.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { type Paint, paintFor } from "../render/style.js";

const SIGNS = { ok: ["green", "✔"], warn: ["yellow", "!"], fail: ["red", "✖"] } as const;

export default class Doctor extends BaseCommand {
  static override description =
    "Look at everything a run needs: Node.js, project, plugins, definitions, database, agents.";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --json"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(Doctor);
    const app = await this.open(flags);
    const checks = await app.examine();
    this.print(textOf(checks, paintFor(process.stdout)));
    const hasFailed = checks.some(({ status }) => status === "fail");
    if (hasFailed) process.exitCode = EXIT.failed;
    return { ok: !hasFailed, checks: checks.map((check) => ({ ...check })) };
  }
}

function textOf(checks: readonly Check[], paint: Paint): string {
  const wide = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, status, found, help }) => {
      const [format, sign] = SIGNS[status];
      const advice = help === undefined ? "" : `\n${" ".repeat(wide + 4)}${paint("cyan", "help:")} ${help}`;
      return `${paint(format, sign)} ${name.padEnd(wide)}  ${found}${advice}`;
    })
    .join("\n");
}
