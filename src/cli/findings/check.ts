import type { App, LoadedDefinition } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import { type Checked, hardened } from "./format.js";

/**
 * The definitions named, by id or by file; all of the project without any.
 * @throws StagecraftError `no-definitions`, `unknown-definition`
 */
export async function checkDefinitions(
  app: App,
  names: readonly string[],
  isStrict: boolean,
): Promise<readonly Checked[]> {
  const wanted = names.length > 0 ? names : (await app.definitions()).map(({ file }) => file);
  if (wanted.length === 0) {
    throw new StagecraftError("no-definitions", `there is no *.workflow.yaml in ${app.config.definitions}`, {
      help: "npx stagecraft new workflow NAME writes a first one",
    });
  }
  const loaded = await Promise.all(wanted.map((name) => app.read(name)));
  return loaded.map((definition) => judge(definition, isStrict));
}

function judge({ file, reading }: LoadedDefinition, isStrict: boolean): Checked {
  const diagnostics = isStrict ? hardened(reading.diagnostics) : reading.diagnostics;
  const valid = diagnostics.every(({ severity }) => severity !== "error");
  return { file, texts: reading.texts, id: reading.header?.id ?? null, valid, diagnostics };
}
