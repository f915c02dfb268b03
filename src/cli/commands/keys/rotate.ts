import type { JsonObject } from "../../../core/json.js";
import { BaseCommand } from "../../command.js";
import { asFlag } from "../../flags.js";

export default class KeysRotate extends BaseCommand {
  static override description = "Bring everything under the current key, so that those before it can be thrown away.";
  static override examples = ["<%= config.bin %> keys rotate"];
  static override flags = asFlag;

  async run(): Promise<JsonObject> {
    const { flags } = await this.parse(KeysRotate);
    const app = await this.open(flags);
    const { key, wrapped } = await app.keys.rotate(app.actor(flags.as).user);
    this.print(`${wrapped} data key${wrapped === 1 ? "" : "s"} brought under ${key}`);
    return { key, wrapped };
  }
}
