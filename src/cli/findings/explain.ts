import { type App, explain } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";

/** What a code means, ours or a plugin's. @throws StagecraftError `unknown-code` */
export async function meaningOf(app: App, code: string): Promise<{ readonly means: string; readonly mend: string }> {
  const { record, meant } = explain(code, (await app.registry()).codes);
  if (record !== undefined) return record;
  throw new StagecraftError("unknown-code", `there is no code ${code}`, {
    help: meant === undefined ? "findings name their code in brackets" : `did you mean ${meant}?`,
  });
}
