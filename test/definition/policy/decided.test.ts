import { beforeAll, describe, expect, it } from "vitest";
import type { Registry } from "../../../src/plugin/registry.js";
import { fullRegistry, readText } from "../../support/reading.js";

let registry: Registry;
beforeAll(async () => {
  registry = await fullRegistry();
});

const CODES = ["constant-condition", "unreachable", "unreachable-case", "unhandled-case"];

/** What is said of conditions and cases, by stage: `check constant-condition`. */
function said(stages: string, inputs = "kind: { type: string, enum: [a, b, c] }"): string[] {
  const text = `apiVersion: stagecraft/v1\nid: sample\nversion: "1.0.0"\ninputs:\n  ${inputs}\nstages:\n${stages}`;
  const { diagnostics } = readText({ file: "sample.yaml", text }, registry);
  expect(diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
  return diagnostics.flatMap(({ code, path }) => (CODES.includes(code) ? [`${path?.split(".")[1]} ${code}`] : []));
}

const note = (id: string, more: string) =>
  `  ${id}: { uses: notify, ${more}, with: { via: console, message: hello } }\n`;
const condition = (text: string) => note("check", `if: "\${{ ${text} }}"`);

describe("conditions", () => {
  it("are decided over all values of an enum, a bounded number and a boolean", () => {
    expect(said(condition("inputs.kind in ['a', 'b', 'c']"))).toEqual(["check constant-condition"]);
    expect(said(condition("inputs.kind in ['a', 'b']"))).toEqual([]);
    const number = "n: { type: integer, minimum: 1, maximum: 3 }";
    expect(said(condition("inputs.n > 0 && inputs.n < 4"), number)).toEqual(["check constant-condition"]);
    expect(said(condition("inputs.n > 1 && inputs.n < 2"), number)).toEqual(["check constant-condition"]);
    expect(said(condition("inputs.n > 1 && inputs.n < 2"), "n: { type: number }")).toEqual([]);
    expect(said(condition("inputs.ok || !inputs.ok"), "ok: { type: boolean }")).toEqual(["check constant-condition"]);
  });

  it("are left alone where anything else is asked of a value", () => {
    const texts = "kind: { type: string }\n  other: { type: string }\n  tags: { type: array, items: { type: string } }";
    for (const open of [
      "inputs.kind < 'm'",
      "inputs.kind == inputs.other",
      "inputs.kind.startsWith('a')",
      "size(inputs.kind) > 3",
      "'x' in inputs.tags",
      "inputs.kind == 'a' || inputs.other == 'b'",
    ])
      expect([open, said(condition(open), texts)]).toEqual([open, []]);
  });

  it("are not taken for constant where an input may be absent", () => {
    const optional = "kind: { type: string, enum: [a], optional: true }";
    expect(said(condition("has(inputs.kind)"), optional)).toEqual([]);
    expect(said(condition("inputs.?kind.orValue('b') == 'a'"), optional)).toEqual([]);
  });

  it("are decided on the way to a stage only by what surely was so", () => {
    const route = `  route: { uses: switch, with: { value: "\${{ inputs.kind }}", cases: { one: a, two: [b, c] } } }\n`;
    const check = (needs: string) => route + note("check", `needs: [${needs}], if: "\${{ inputs.kind == 'a' }}"`);
    expect(said(check("route.one"))).toEqual(["check constant-condition"]);
    expect(said(check("{ anyOf: [route.one, route.two] }"))).toEqual([]);
    expect(said(check("route.done"))).toEqual([]);
    const between = route + note("first", "needs: [route.two]");
    const last = (edge: string) => note("check", `needs: [${edge}], if: "\${{ inputs.kind == 'a' }}"`);
    expect(said(between + last("first"))).toEqual(["check constant-condition"]);
    expect(said(between + last("first.done"))).toEqual([]);
  });

  it("of a stage that may be skipped do not count for what comes after a skip", () => {
    const first = note("first", `if: "\${{ inputs.kind == 'a' }}"`);
    const check = (edge: string) => first + note("check", `needs: [${edge}], if: "\${{ inputs.kind == 'b' }}"`);
    expect(said(check("first"))).toEqual([]);
    expect(said(check("first.skipped"))).toEqual([]);
    expect(said(check("first.succeeded"))).toEqual(["check constant-condition"]);
  });
});

describe("cases of a switch", () => {
  const route = (cases: string, value = "inputs.kind") =>
    `  route: { uses: switch, with: { value: "\${{ ${value} }}", cases: { ${cases} } } }\n`;

  it("cover what there is, or something follows `otherwise`", () => {
    const after = note("after", "needs: [route.one]");
    const two = note("second", "needs: [route.two]");
    const some = route("one: a, two: b") + after + two;
    expect(said(some)).toEqual(["route unhandled-case"]);
    expect(said(some + note("rest", "needs: [route.otherwise]"))).toEqual([]);
    expect(said(some + note("rest", "needs: [route.done]"))).toEqual([]);
    expect(said(route("one: a, two: [b, c]") + after + two)).toEqual([]);
    expect(said(some, "kind: { type: string }")).toEqual([]);
  });

  it("need not cover both of true and false with one alone: it asks whether, not which", () => {
    const after = note("after", "needs: [route.one]");
    expect(said(route("one: true") + after, "kind: { type: boolean }")).toEqual([]);
    expect(said(route("one: a") + after)).toEqual(["route unhandled-case"]);
  });

  it("are possible each, and what follows an impossible one is said once", () => {
    const after = note("after", "needs: [route.otherwise]") + note("then", "needs: [after]");
    expect(said(route("one: a, two: b, three: c") + after)).toEqual(["after unreachable"]);
    expect(said(route("one: a, two: [a, b], three: c, four: d"))).toEqual(["route unreachable-case"]);
  });

  it("are followed through rule sets and stages that hand values on", () => {
    const facts = `  facts: { uses: transform, with: { values: { kind: "\${{ inputs.kind }}" } } }\n`;
    const later = route("one: d").replace("uses:", "needs: [facts], uses:").replace("inputs.", "stages.facts.outputs.");
    expect(said(facts + later)).toEqual(["route unreachable-case"]);
  });
});
