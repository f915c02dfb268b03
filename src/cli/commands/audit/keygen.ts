import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";

export default class AuditKeygen extends BaseCommand {
  static override description = "Make the Ed25519 key that signs what is exported of the audit trail.";
  static override examples = ["<%= config.bin %> audit keygen"];

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(AuditKeygen);
    const files = await (await this.open(flags)).audit.keygen();
    this.print(`${files.privateKey}: keep it to yourself\n${files.publicKey}: give it to whoever verifies`);
    return { ...files };
  }
}
