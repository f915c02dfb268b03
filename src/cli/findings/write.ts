import { type App, explain } from "../../app.js";
import { countText, diagnosticsText } from "../render/diagnostics.js";
import type { Paint } from "../render/style.js";
import { type Checked, type Format, validationDocument } from "./format.js";
import { githubAnnotations } from "./github.js";
import { sarifLog } from "./sarif.js";

/** All findings in one of the formats; empty where a format has nothing to say. */
export async function written(
  app: App,
  checked: readonly Checked[],
  format: Format,
  version: string,
  paint: Paint,
): Promise<string> {
  const all = checked.flatMap(({ diagnostics }) => diagnostics);
  switch (format) {
    case "json":
      return JSON.stringify(validationDocument(checked), null, 2);
    case "sarif": {
      const { codes } = await app.registry();
      return JSON.stringify(
        sarifLog(all, version, (code) => explain(code, codes).record),
        null,
        2,
      );
    }
    case "github":
      return githubAnnotations(all);
    default:
      return checked.map((one) => pretty(one, paint)).join("\n");
  }
}

function pretty({ file, texts, valid, diagnostics }: Checked, paint: Paint): string {
  const findings = diagnostics.length > 0 ? `${diagnosticsText(diagnostics, texts)}\n\n` : "";
  const [sign, format] = valid ? (["✔", "green"] as const) : (["✖", "red"] as const);
  return `${findings}${paint(format, sign)} ${file}: ${countText(diagnostics)}`;
}
