import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import data from "../../plugins/data/index.js";
import type { EffectStageType, JsonObject, StageError } from "../../src/plugin/api.js";
import { effectContext } from "./effect-context.js";

export const [reader, writer] = data.stages as [EffectStageType, EffectStageType];

/** A project folder of its own for every test, and the two data stages at work in it. */
export function dataProject() {
  const project = { root: "" };
  beforeEach(() => {
    project.root = mkdtempSync(join(tmpdir(), "data-stage-"));
  });
  afterEach(() => rmSync(project.root, { recursive: true }));
  const outputs = async (stage: EffectStageType, input: JsonObject) =>
    (await stage.run(input, effectContext({ root: project.root }))).outputs;
  return {
    at: (name = ".") => join(project.root, name),
    put: (name: string, content: string) => writeFileSync(join(project.root, name), content),
    got: (name: string) => readFileSync(join(project.root, name), "utf8"),
    read: (input: JsonObject) => outputs(reader, input),
    write: (input: JsonObject) => outputs(writer, input),
  };
}

export const fault = (work: Promise<unknown>): Promise<StageError> =>
  work.then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );
