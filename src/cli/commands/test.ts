import fs from "node:fs";
import { Args, Flags } from "@oclif/core";
import type { App, TestReport } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { coverageText } from "../render/coverage.js";
import { diagnosticsText } from "../render/diagnostics.js";
import { junit } from "../render/junit.js";
import { paintFor } from "../render/style.js";
import { caseLine, passed, reportDocument, suiteText, totalText } from "../render/test.js";

export default class Test extends BaseCommand {
  static override description = "Run the tests beside the definitions, on virtual time, with nothing performed.";
  static override examples = [
    "<%= config.bin %> test",
    "<%= config.bin %> test refund --coverage",
    "<%= config.bin %> test --coverage-min 90 --junit report.xml",
  ];
  static override strict = false;
  static override args = {
    patterns: Args.string({ description: "test files, or parts of a file's name, a workflow's id or a case's name" }),
  };
  static override flags = {
    coverage: Flags.boolean({ description: "show what no case reaches" }),
    "coverage-min": Flags.integer({ description: "fail below so many percent", min: 0, max: 100, helpValue: "<n>" }),
    junit: Flags.string({ description: "also write a JUnit report", helpValue: "<file>" }),
    watch: Flags.boolean({ description: "run again whenever a file changes", exclusive: ["json"] }),
  };

  async run(): Promise<JsonObject> {
    const { argv, flags } = await this.parse(Test);
    const app = await this.open(flags);
    const once = async () => this.#once(app, argv as string[], flags);
    if (!flags.watch) return once();
    const { watchProject } = await import("../findings/watch.js");
    // Set up first: what is saved during the first run counts too.
    const watching = watchProject(app, new AbortController().signal, () => this.#watched(once));
    await this.#watched(once);
    await watching;
    return {};
  }

  async #once(app: App, patterns: readonly string[], flags: TestFlags): Promise<JsonObject> {
    const paint = paintFor(process.stderr);
    const report = await app.test({ patterns, heard: (file, result) => this.say(caseLine(paint, file, result)) });
    if (flags.junit !== undefined) fs.writeFileSync(flags.junit, junit(report));
    this.#show(report, flags);
    const least = flags["coverage-min"] ?? 0;
    const isShort = report.coverage.some(({ percent }) => percent < least);
    process.exitCode = report.invalid.length > 0 ? EXIT.usage : isShort || !passed(report) ? EXIT.failed : EXIT.done;
    if (isShort) this.say(`less than ${least}% is covered: see --coverage`);
    return reportDocument(report);
  }

  #show({ invalid, suites, coverage }: TestReport, flags: TestFlags): void {
    for (const { file, text, diagnostics } of invalid) {
      this.print(`${diagnosticsText(diagnostics, new Map([[file, text]]))}\n`);
    }
    if (invalid.length > 0) return this.say("nothing ran: mend the test files first");
    const paint = paintFor(process.stdout);
    for (const suite of suites) {
      const text = suiteText(suite);
      if (text !== "") this.print(`${text}\n`);
    }
    if (flags.coverage) this.print(`${coverageText(coverage, paint)}\n`);
    this.print(totalText(suites, paint));
  }

  /** While watching, a fault is shown and waited out. */
  async #watched(once: () => Promise<unknown>): Promise<void> {
    await once().catch((error) => this.say(error instanceof StagecraftError ? error.message : String(error)));
    this.say("watching for changes; Ctrl-C ends it");
  }
}

interface TestFlags {
  readonly coverage: boolean;
  readonly "coverage-min": number | undefined;
  readonly junit: string | undefined;
}
