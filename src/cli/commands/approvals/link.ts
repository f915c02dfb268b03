import { Flags } from "@oclif/core";
import { parseDuration } from "../../../core/duration.js";
import { StagecraftError } from "../../../core/errors.js";
import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { decisionArgs } from "../../decision.js";
import { asFlag } from "../../flags.js";
import { command } from "../../people.js";

export default class ApprovalsLink extends BaseCommand {
  static override description = "Make a signed link with which one person decides one approval, once.";
  static override examples = [
    "<%= config.bin %> approvals link a1b2 --for dana",
    "<%= config.bin %> approvals link a1b2 --for dana --outcome approved --ttl 4h",
  ];
  static override args = decisionArgs;
  static override flags = {
    for: Flags.string({ description: "who may use it", required: true, helpValue: "<user>" }),
    outcome: Flags.string({
      description: "what it may be used for; every outcome without it",
      helpValue: "<name>",
      multiple: true,
      multipleNonGreedy: true,
    }),
    ttl: Flags.string({ description: "how long it holds", default: "3d", helpValue: "<duration>" }),
    ...asFlag,
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(ApprovalsLink);
    const lasts = parseDuration(flags.ttl);
    if (lasts === undefined) {
      throw new StagecraftError("invalid-flag", `--ttl ${flags.ttl} is not a duration`, { help: "such as 4h or 3d" });
    }
    const app = await this.open(flags);
    const { token, terms } = await app.links.make(args.approval, {
      user: flags.for,
      until: Date.now() + lasts,
      by: app.actor(flags.as).user,
      ...(flags.outcome ? { outcomes: flags.outcome } : {}),
    });
    this.print(token);
    this.next(command(`approvals answer ${token}`));
    return { token, ...terms, outcomes: [...terms.outcomes], until: new Date(terms.until).toISOString() };
  }
}
