import { Args, Flags } from "@oclif/core";
import type { JsonObject } from "../../core/json.js";
import { BaseCommand } from "../command.js";

export default class Token extends BaseCommand {
  static override description = "Let a user into the server: prints a token once, and keeps only its hash.";
  static override examples = [
    "<%= config.bin %> token heidi --role approver",
    "<%= config.bin %> token ci --role operator",
  ];
  static override args = { user: Args.string({ description: "name of the user", required: true }) };
  static override flags = {
    role: Flags.option({
      options: ["viewer", "operator", "approver", "admin"] as const,
      multiple: true,
      multipleNonGreedy: true,
    })({
      description: "what the user may do; several may be given",
      required: true,
    }),
    "token-file": Flags.string({ description: "where the hash is kept (server.tokenFile)", helpValue: "<file>" }),
  };

  async run(): Promise<JsonObject> {
    const { args, flags } = await this.parse(Token);
    const app = await this.open(flags);
    const { resolve } = await import("node:path");
    const given = flags["token-file"];
    const { token, file } = await app.token(args.user, flags.role, given === undefined ? undefined : resolve(given));
    this.print(token);
    this.say(`shown this once; its hash is in ${file}`);
    this.next(`npx stagecraft serve --token-file ${file}`);
    return { user: args.user, roles: [...flags.role], token, file };
  }
}
