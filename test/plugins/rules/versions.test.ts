import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.js";
import type { StageResult } from "../../../src/plugin/api.js";
import { pureContext, stageInfo } from "../../support/context.js";
import { check, stage, table } from "./support.js";

const out = (value: Json) => ({ rules: [{ x: "any", out: value }] });

/** `[version, validFrom, validTo]` each; every version answers with its name. */
function dated(...versions: readonly (readonly [string, (string | undefined)?, string?])[]): JsonObject {
  const { rules: _, ...shared } = table([]);
  const entries = versions.map(([version, validFrom, validTo]) => ({
    version,
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...out(version),
  }));
  return { ...shared, versions: entries };
}

const FEES = dated(["1", undefined, "2025-12-31"], ["2", "2026-01-01", "2026-06-30"], ["3", "2026-07-01"]);

async function ask(ruleset: JsonObject, input: JsonObject, startedOn = "2026-11-22T12:00:00Z"): Promise<StageResult> {
  const context = pureContext({ rulesets: { table: ruleset }, runStartedAt: Date.parse(startedOn) });
  return stage.run({ ruleset: "table", facts: { x: 1 }, ...input }, context);
}

const answerOf = async (input: JsonObject, startedOn?: string) => (await ask(FEES, input, startedOn)).outputs["out"];

const found = (ruleset: JsonObject) => check(ruleset).map(({ code, path }) => `${code} ${path.slice(2).join(".")}`);

describe("which version is asked", () => {
  it("is the one in force when the run began, whenever the stage comes to run", async () => {
    expect(await answerOf({}, "2025-12-31T23:59:59.999Z")).toBe("1");
    expect(await answerOf({}, "2026-01-01T00:00:00Z")).toBe("2");
    expect(await answerOf({}, "2030-01-01T00:00:00Z")).toBe("3");
  });

  it("is the one in force on the day that is named, the last day included", async () => {
    expect(await answerOf({ at: "2026-06-30" })).toBe("2");
    expect(await answerOf({ at: "2026-06-30T23:59:59+00:00" })).toBe("2");
    expect(await answerOf({ at: "2026-07-01T01:00:00+02:00" }), "still June in UTC").toBe("2");
    expect(await answerOf({ at: "2026-07-01" })).toBe("3");
  });

  it("is the one that is named, in force or not", async () => {
    expect(await answerOf({ version: "1" })).toBe("1");
  });

  it("stands in the journal with the rows that matched", async () => {
    expect((await ask(FEES, { at: "2026-02-01" })).explain).toMatchObject({ ruleset: "table", version: "2" });
  });

  it("fails the stage where it is none, several, unknown, or at no time", async () => {
    const code = "rules-version";
    const gap = dated(["1", undefined, "2025-12-31"], ["2", "2027-01-01"]);
    await expect(async () => ask(gap, {})).rejects.toMatchObject({
      code,
      message: expect.stringContaining("no version is in force at 2026-11-22"),
    });
    await expect(async () => ask(dated(["1"], ["2"]), {})).rejects.toMatchObject({
      code,
      message: expect.stringContaining("versions 1 and 2 are in force"),
    });
    await expect(async () => ask(FEES, { version: "9" })).rejects.toMatchObject({ code });
    await expect(async () => ask(FEES, { at: "yesterday" })).rejects.toMatchObject({ code });
  });
});

describe("what is found before the run", () => {
  it("is nothing where one version follows the other", () => {
    expect(found(FEES)).toEqual([]);
  });

  it("is an overlap, also with a version in between that ended long ago", () => {
    expect(found(dated(["1"], ["2", "2026-01-01"]))).toEqual(["rules-version-overlap versions.1"]);
    const long = dated(["1", "2020-01-01", "2026-12-31"], ["2", "2021-01-01", "2021-12-31"], ["3", "2026-06-01"]);
    expect(found(long)).toEqual(["rules-version-overlap versions.1", "rules-version-overlap versions.2"]);
  });

  it("is a gap of a day, whatever the order of the file", () => {
    expect(found(dated(["2", "2026-01-01"], ["1", undefined, "2025-12-30"]))).toEqual(["rules-version-gap versions.0"]);
  });

  it("is no question of dates where every stage names its version", () => {
    const info = (version: string) =>
      stageInfo({ ruleset: "table", version, facts: { x: 1 } }, { rulesets: { table: dated(["1"], ["2"]) } });
    expect(stage.check?.(info("1"))).toEqual([]);
    expect(stage.check?.(info("3"))).toMatchObject([{ code: "rules-version", path: ["with", "version"] }]);
  });

  it("is a name used twice, no name, a day that is none, an end before the beginning", () => {
    expect(found(dated(["1", undefined, "2025-12-31"], ["1", "2026-01-01"]))).toEqual([
      "rules-version versions.1.version",
    ]);
    expect(found(dated([""]))).toEqual(["rules-version versions.0"]);
    expect(found(dated(["1", "soon"]))).toEqual(["rules-version versions.0.validFrom"]);
    expect(found(dated(["1", "2026-02-30T10:00:00", "2026-03-01"]))).toEqual(["rules-version versions.0.validFrom"]);
    expect(found(dated(["1", "2026-02-30"]))).toEqual(["rules-version versions.0.validFrom"]);
    expect(found(dated(["1", "2026-01-01", "2025-01-01"]))).toEqual(["rules-version versions.0.validTo"]);
  });

  it("is a fault in the rows of one version, at its place, and a key that all versions share", () => {
    const { rules: _, ...shared } = table([]);
    const wrong = { ...shared, versions: [{ version: "1", rules: [{ x: "> many", out: 1 }] }] };
    expect(found(wrong)).toEqual(["rules-cell versions.0.rules.0.x"]);
    expect(found({ ...FEES, rules: [] })).toEqual(["rules-table rules"]);
    expect(found({ ...shared, versions: [{ version: "1", ...out(1), inputs: {} }] })).toEqual([
      "rules-table versions.0.inputs",
    ]);
  });
});
