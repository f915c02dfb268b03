import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { isObject, type Json, type JsonObject, type JsonSchema } from "../../src/core/json.js";
import type { Plugin, PureContext, StageContext, StageInfo, StageResult, StageType } from "../../src/plugin/api.js";
import { Registry } from "../../src/plugin/registry.js";
import { effectContext } from "../support/effect-context.js";

/** One run of a stage type that must succeed. */
export interface Sample {
  readonly input: JsonObject;
  readonly context?: Partial<StageContext>;
  /** What `check` and the schemas see, where it is not `input` itself. */
  readonly info?: Partial<StageInfo>;
}

export interface StageSamples {
  /** At least one for each stage type the engine does not run itself. */
  readonly runs: readonly Sample[];
  /** With `effect`: a run that would last for ever, or the reason why there is none. */
  readonly hangs?: Sample | { readonly reason: string };
}

/** What every plugin keeps to, whatever it does. `samples` is by name of stage type; a function where it needs set-up. */
export function pluginContract(plugin: Plugin, samples: Readonly<Record<string, StageSamples>>): void {
  describe(`plugin ${plugin.name} keeps the contract`, () => {
    it("is one the registry takes", () => {
      expect(new Registry([plugin]).plugins).toEqual([plugin]);
    });

    for (const stage of plugin.stages ?? []) {
      const given = Object.hasOwn(samples, stage.name) ? samples[stage.name] : undefined;
      describe(`stage type ${stage.name}`, () => {
        describeWords(stage);
        describeExamples(stage);
        if (stage.kind === "pure" || stage.kind === "effect") describeRuns(stage, given);
        if (stage.kind === "wait") describeOpens(stage, given);
      });
    }

    for (const provider of plugin.secrets ?? []) {
      it(`${provider.name} says what its settings are, and that it has no secret of a name nobody gave`, async () => {
        expect(() => validator(provider.settings)).not.toThrow();
        expect(await provider.get("NO_SUCH_SECRET_ANYWHERE", {})).toBeUndefined();
      });
    }

    for (const directory of plugin.directories ?? []) {
      it(`${directory.name} says what its settings are`, () => {
        expect(() => validator(directory.settings)).not.toThrow();
      });
    }

    for (const part of [...(plugin.tools ?? []), ...(plugin.notifiers ?? [])]) {
      it(`${part.name} says what it takes`, () => {
        expect(() => validator(part.input)).not.toThrow();
      });
    }
  });
}

function describeWords(stage: StageType): void {
  it("says what it is, in a title and a sentence", () => {
    expect(stage.title).toMatch(/^[A-Z]/);
    expect(stage.description).toMatch(/^[A-Z].*\.$/s);
  });

  it("takes no key it does not know, and describes each", () => {
    expect(stage.input).toMatchObject({ type: "object", additionalProperties: false });
    for (const [name, property] of Object.entries((stage.input.properties ?? {}) as JsonObject)) {
      expect(isObject(property) && property.description, `description of ${name}`).toMatch(/\.$/);
    }
    expect(() => validator(stage.input)).not.toThrow();
  });
}

function describeExamples(stage: StageType): void {
  it("has examples that are valid", () => {
    expect(stage.examples?.length ?? 0).toBeGreaterThan(0);
    for (const text of stage.examples ?? []) {
      const example = parse(text) as JsonObject;
      expect(example.uses).toBe(stage.name);
      const input = isObject(example.with) ? example.with : {};
      expect(faultsOf(stage.input, input), text).toEqual([]);
      const issues = stage.check?.(infoOf(input)) ?? [];
      // An example names agents and rulesets that are not there; the rest of it must hold.
      expect(issues.filter(({ code, severity }) => severity === "error" && !code.startsWith("unknown-"))).toEqual([]);
    }
  });
}

function describeRuns(stage: Extract<StageType, { kind: "pure" | "effect" }>, given: StageSamples | undefined): void {
  const runs = given?.runs ?? [];

  it("has a sample run", () => {
    expect(runs.length).toBeGreaterThan(0);
  });

  it.each(runs.map((sample, index) => [index + 1, sample] as const))(
    "keeps its schemas in sample %i",
    async (_, sample) => {
      expect(faultsOf(stage.input, sample.input)).toEqual([]);
      const input = frozen(sample.input);
      const result = await runOf(stage, input, sample);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      const info = infoOf(sample.input, sample);
      const schema = typeof stage.output === "function" ? stage.output(info) : stage.output;
      expect(validatorFaults(schema, result.outputs)).toEqual([]);
      const outcomes = typeof stage.outcomes === "function" ? stage.outcomes(info) : stage.outcomes;
      if (outcomes === undefined) expect(result.outcome).toBeUndefined();
      else expect(outcomes).toContain(result.outcome);
    },
  );

  if (stage.kind === "pure") {
    it("gives the same twice", async () => {
      for (const sample of runs) {
        const once = await runOf(stage, frozen(sample.input), sample);
        expect(await runOf(stage, frozen(structuredClone(sample.input) as JsonObject), sample)).toEqual(once);
      }
    });
    return;
  }
  describeAbort(stage, given?.hangs);
}

function describeAbort(stage: Extract<StageType, { kind: "effect" }>, hangs: StageSamples["hangs"]): void {
  if (hangs === undefined || "reason" in hangs) {
    it.skip(`ends within a second of an abort: ${hangs?.reason ?? "no sample that hangs"}`, () => undefined);
    return;
  }
  it("ends within a second of an abort", async () => {
    const controller = new AbortController();
    const context = { ...contextOf(hangs), signal: controller.signal };
    const ended = stage.run(hangs.input, context).then(
      () => "ended",
      () => "ended",
    );
    const waits = new Promise((resolve) => setTimeout(resolve, 200, "waits"));
    expect(await Promise.race([ended, waits])).toBe("waits");
    controller.abort(new Error("called off"));
    const late = new Promise((resolve) => setTimeout(resolve, 1_000, "too late"));
    expect(await Promise.race([ended, late])).toBe("ended");
  });
}

function describeOpens(stage: Extract<StageType, { kind: "wait" }>, given: StageSamples | undefined): void {
  it("opens the same wait twice, with outcomes it has named", () => {
    expect(given?.runs.length ?? 0).toBeGreaterThan(0);
    for (const sample of given?.runs ?? []) {
      expect(faultsOf(stage.input, sample.input)).toEqual([]);
      const waiting = stage.open(frozen(sample.input), contextOf(sample));
      expect(JSON.parse(JSON.stringify(waiting))).toEqual(waiting);
      expect(stage.open(frozen(sample.input), contextOf(sample))).toEqual(waiting);
      const info = infoOf(sample.input, sample);
      const named = (typeof stage.outcomes === "function" ? stage.outcomes(info) : stage.outcomes) ?? ["succeeded"];
      const possible = [
        ...(waiting.timers ?? []).map((timer) => timer.outcome),
        ...(waiting.event === undefined ? [] : [waiting.event.outcome]),
        ...(waiting.approval?.outcomes ?? []),
      ];
      expect(possible.length).toBeGreaterThan(0);
      for (const outcome of possible) expect(named).toContain(outcome);
    }
  });
}

async function runOf(
  stage: Extract<StageType, { kind: "pure" | "effect" }>,
  input: JsonObject,
  sample: Sample,
): Promise<StageResult> {
  return stage.run(input, contextOf(sample));
}

function contextOf(sample: Sample): StageContext {
  return { ...effectContext(), ...(sample.context as Partial<PureContext>) };
}

function infoOf(input: JsonObject, sample?: Sample): StageInfo {
  const { agents = {}, rulesets = {} } = sample?.context ?? {};
  return { with: input, agents, rulesets, ...sample?.info };
}

/** Faults of `input`, leaving out values that are expressions: what they give is not known here. */
function faultsOf(schema: JsonSchema, input: JsonObject): string[] {
  return validatorFaults(schema, input, (place) => {
    const value = place
      .split("/")
      .slice(1)
      .reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], input);
    return typeof value === "string" && value.includes("${{");
  });
}

function validatorFaults(schema: JsonSchema, value: Json, ignore: (place: string) => boolean = () => false): string[] {
  const validate = validator(schema);
  validate(value);
  return (validate.errors ?? [])
    .filter((error) => !ignore(error.instancePath))
    .map((error) => `${error.instancePath} ${error.message}`);
}

function validator(schema: JsonSchema) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** A plugin that writes to its input would change what others read. */
function frozen<T extends Json>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
