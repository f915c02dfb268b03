import { Args } from "@oclif/core";
import type { RulesReport } from "../../../app.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { EXIT } from "../../exit.js";
import { paintFor } from "../../render/style.js";

export default class RulesTest extends BaseCommand {
  static override description =
    "Hold a decision table against cases: which rows matched, and did they say what was expected.";
  static override examples = ["<%= config.bin %> rules test tables/discount.cases.yaml"];
  static override args = {
    file: Args.string({ description: "the cases: workflow, ruleset, and facts with what is expected", required: true }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(RulesTest);
    const report = await (await this.open(flags)).rules.test(args.file);
    const failed = report.cases.filter(({ faults }) => faults.length > 0).length;
    process.exitCode = failed > 0 ? EXIT.failed : EXIT.done;
    this.print(textOf(report, failed));
    return { ...report, cases: report.cases.map((one) => ({ ...one })), failed } as unknown as JsonObject;
  }
}

function textOf({ workflow, ruleset, version, cases, untouched }: RulesReport, failed: number): string {
  const paint = paintFor(process.stdout);
  const lines = cases.flatMap(({ name, matched, faults }) => {
    const rows = matched.length === 0 ? "no row" : `row${matched.length > 1 ? "s" : ""} ${matched.join(", ")}`;
    const mark = faults.length === 0 ? paint("green", "passed") : paint("red", "failed");
    return [`  ${mark}  ${name} ${paint("dim", rows)}`, ...faults.map((fault) => `          ${fault}`)];
  });
  const named = version === null ? ruleset : `${ruleset} ${version}`;
  const rows =
    untouched.length === 0 ? [] : [`  no case matches row${untouched.length > 1 ? "s" : ""} ${untouched.join(", ")}`];
  const total = `${cases.length - failed} of ${cases.length} passed`;
  return [`${workflow}: ${named}`, ...lines, ...rows, total].join("\n");
}
