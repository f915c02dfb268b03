import { describe, expect, test } from "vitest";
import {
  BOOLEAN,
  checkExpression,
  DYNAMIC,
  NUMBER,
  objectOf,
  TIMESTAMP,
  type Type,
  typeName,
  typeOfSchema,
} from "../../src/core/expression/index.js";

const INPUTS = typeOfSchema({
  type: "object",
  required: ["amount", "tags", "vendor", "at", "wait", "lines", "level", "maybe", "urgent"],
  properties: {
    amount: { type: "number" },
    urgent: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    at: { type: "string", format: "date-time" },
    wait: { type: "string", format: "duration" },
    note: { type: "string" },
    level: { enum: [1, 2, 3] },
    maybe: { type: ["number", "null"] },
    rates: { type: "object", additionalProperties: { type: "number" } },
    lines: {
      type: "array",
      items: {
        type: "object",
        required: ["price"],
        properties: { price: { type: "number" }, cost: { type: "number" } },
      },
    },
    vendor: {
      type: "object",
      required: ["country", "name"],
      properties: {
        country: { enum: ["US", "DE", "FR"] },
        name: { type: ["string", "null"] },
        "tax-id": { type: "string" },
      },
    },
  },
});

const STAGES = objectOf({
  budget: objectOf({
    outputs: objectOf({ ok: BOOLEAN }),
    outcome: { kind: "string", values: ["succeeded", "skipped"] },
  }),
  pay: {
    type: objectOf({ outputs: objectOf({ total: NUMBER }) }),
    presence: "maybe-absent",
    reason: "`pay` may be omitted",
  },
});

const NAMES = new Map<string, Type>([
  ["inputs", INPUTS],
  ["stages", STAGES],
  ["any", DYNAMIC],
  ["started", TIMESTAMP],
]);

const check = (source: string) => checkExpression(source, NAMES);

/** `code@place: help` of every issue, warnings marked. */
function findings(source: string): readonly string[] {
  return check(source).issues.map(({ code, severity, start, end }) => {
    return `${severity === "warning" ? "~" : ""}${code}@${source.slice(start, end)}`;
  });
}

describe("what is right", () => {
  test.each([
    ["inputs.amount > 10000 && stages.budget.outputs.ok", "boolean"],
    ["inputs.vendor.country == 'DE'", "boolean"],
    ["inputs.vendor.country in ['DE', 'FR']", "boolean"],
    ["inputs.vendor['country']", "string"],
    ["inputs.tags.map(t, t.size())", "list<number>"],
    ["inputs.tags.filter(t, t != '')", "list<string>"],
    ["inputs.lines.map(l, l.price * 2).sum()", "number"],
    ["inputs.lines.map(l, has(l.cost), l.cost + 1)", "list<number>"],
    ["inputs.lines.all(l, !has(l.cost) || l.cost > 0)", "boolean"],
    ["timestamp(inputs.at) < now() - duration('3d')", "boolean"],
    ["now() - started", "duration"],
    ["started + duration('1h')", "timestamp"],
    ["inputs.amount + 1 - 2 * 3 / 4 % 5", "number"],
    ["decimal('0.10') * inputs.amount", "decimal"],
    ["'a' + inputs.at", "string"],
    ["[1] + ['a']", "list<number or string>"],
    ["-duration('1h')", "duration"],
    ["has(inputs.note) && inputs.note.startsWith('x')", "boolean"],
    ["has(inputs.note) ? inputs.note : 'none'", "string"],
    ["inputs.note != null ? inputs.note : ''", "string"],
    ["inputs.?note.orValue('none')", "string"],
    ["inputs.?note", "string or null"],
    ["coalesce(inputs.note, 'none')", "string"],
    ["coalesce(inputs.note, null)", "string or null"],
    ["coalesce(inputs.lines.map(l, l.cost), [0])", "list<number>"],
    ["coalesce(size(inputs.note), 0)", "number"],
    ["coalesce(inputs.?note, inputs.?note.orValue(''))", "string"],
    ["get(inputs, 'note', '')", "string"],
    ["get(inputs, 'vendor.name')", "string or null"],
    ["get(inputs, 'lines[0].price', 0)", "number"],
    ["get(inputs, 'rates.EUR', 1)", "number"],
    ["get(any, 'x.y', 0)", "any"],
    ["get(inputs, any.path, 0)", "any"],
    ["inputs.maybe != null && inputs.maybe > 1", "boolean"],
    ["inputs.maybe == null ? 0 : inputs.maybe + 1", "number"],
    ["inputs.maybe == 1 && inputs.maybe > 0", "boolean"],
    ["coalesce(inputs.maybe, 0) + 1", "number"],
    ["has(stages.pay) && stages.pay.outputs.total > 1", "boolean"],
    ["stages.?pay.outputs.total.orValue(0) > 1", "boolean"],
    ["stages.?pay.outputs.total", "number or null"],
    ["coalesce(stages.pay.outputs.total, 0) + 1", "number"],
    ["get(stages, 'pay.outputs.total', 0)", "number"],
    ["'pay' in stages && stages.pay.outputs.total > 1", "boolean"],
    ["has(stages.pay.outputs) ? stages.pay.outputs.total : 0", "number"],
    ["any.foo.bar[0] + 1 > any.x", "boolean"],
    ["any.map(x, x.y)", "list"],
    ["any ? 1 : 'a'", "number or string"],
    ["any + 1", "any"],
    ["{'a': 1, 'b': 'x'}.a", "number"],
    ["{any.key: 1}[any.other]", "number"],
    ["{'a': 1, ?'b': inputs.?note}", "object"],
    ["[?inputs.?note]", "list<string>"],
    ["coalesce(inputs.rates[inputs.note], 1)", "number"],
    ["min(1, 2)", "number"],
    ["first(inputs.tags)", "string"],
    ["sort(inputs.tags)", "list<string>"],
    ["optional.of(1).or(optional.of('a'))", "number or string or null"],
    ["type(1)", "string"],
    ["parseJson(inputs.at).x.y", "any"],
    ["null", "null"],
    ["inputs.vendor == {'country': 'DE'}", "boolean"],
    ["inputs.level == 2 && inputs.level < 3", "boolean"],
    ["round(inputs.amount, 2)", "number"],
    ["'country' in inputs.vendor", "boolean"],
    ["inputs.map(k, k)", "list<string>"],
    ["[inputs].map(inputs, inputs.amount)", "list<number>"],
  ])("%s is %s", (source, type) => {
    expect(findings(source)).toEqual([]);
    expect(typeName(check(source).type)).toBe(type);
  });
});

describe("what is wrong", () => {
  test.each<[string, string[]]>([
    [
      "inputs.amout > 10000 && stages.budgte.ok || inptus.x == 1",
      ["unknown-field@amout", "unknown-field@budgte", "unknown-name@inptus"],
    ],
    ["has(inputs.amout)", ["unknown-field@amout"]],
    ["inputs.amout == null", ["unknown-field@amout"]],
    ["inputs.?amout", ["unknown-field@amout"]],
    ["coalesce(inputs.amout, 0)", ["unknown-field@amout"]],
    ["get(inputs, 'vendor.cuontry', '')", ["unknown-field@'vendor.cuontry'"]],
    ["inputs.vendor['cuontry']", ["unknown-field@'cuontry'"]],
    ["'cuontry' in inputs.vendor", ["unknown-field@'cuontry'"]],
    ["inputs.vendor.country == 'GE'", ["never-equal@'GE'"]],
    ["'GE' == inputs.vendor.country", ["never-equal@'GE'"]],
    ["inputs.vendor.country != 'GE'", ["never-equal@'GE'"]],
    ["inputs.vendor.country in ['DE', 'GE']", ["never-equal@'GE'"]],
    ["inputs.lines.map(l, 'GE') == 1", ["type-mismatch@inputs.lines.map(l, 'GE') == 1"]],
    ["'GE' in [inputs.vendor.country].map(c, c)", ["never-equal@'GE'"]],
    ["stages.budget.outcome == 'failed'", ["never-equal@'failed'"]],
    ["inputs.level == 4", ["never-equal@4"]],
    ["inputs.amount > '10000'", ["type-mismatch@inputs.amount > '10000'"]],
    ["inputs.amount == '10000'", ["type-mismatch@inputs.amount == '10000'"]],
    ["inputs.tags.name", ["type-mismatch@name"]],
    ["inputs.amount.name", ["type-mismatch@name"]],
    ["inputs.amount[0]", ["type-mismatch@inputs.amount"]],
    ["inputs.at[0]", ["type-mismatch@inputs.at"]],
    ["inputs.tags['a']", ["type-mismatch@'a'"]],
    ["inputs.vendor[0]", ["type-mismatch@0"]],
    ["get(inputs, 'amount.x', 0)", ["type-mismatch@'amount.x'"]],
    ["get(inputs, 'tags.x', 0)", ["type-mismatch@'tags.x'"]],
    ["get(inputs, 'amount[0]', 0)", ["type-mismatch@'amount[0]'"]],
    ["get(inputs, '..', 0)", ["bad-value@'..'"]],
    ["get(inputs, 1, 0)", ["type-mismatch@1"]],
    ["get(inputs)", ["wrong-arguments@get"]],
    ["coalesce(1)", ["wrong-arguments@coalesce"]],
    ["inputs.at < now()", ["type-mismatch@inputs.at < now()"]],
    ["inputs.at == started", ["type-mismatch@inputs.at == started"]],
    ["inputs.wait > duration('1h')", ["type-mismatch@inputs.wait > duration('1h')"]],
    ["null < 1", ["type-mismatch@null < 1"]],
    ["[1] < [2]", ["type-mismatch@[1] < [2]"]],
    ["'a' in 'abc'", ["type-mismatch@'abc'"]],
    ["1 in inputs.tags", ["type-mismatch@1 in inputs.tags"]],
    ["inputs.amount && true", ["type-mismatch@inputs.amount"]],
    ["!inputs.at", ["type-mismatch@inputs.at"]],
    ["-inputs.at", ["type-mismatch@-inputs.at"]],
    ["inputs.amount ? 1 : 2", ["type-mismatch@inputs.amount"]],
    ["'n: ' + inputs.amount", ["type-mismatch@'n: ' + inputs.amount"]],
    ["inputs.at * 2", ["type-mismatch@inputs.at * 2"]],
    ["now() + now()", ["type-mismatch@now() + now()"]],
    ["inputs.?note + 'x'", ["type-mismatch@inputs.?note + 'x'"]],
    ["'x' + inputs.?note", ["type-mismatch@'x' + inputs.?note"]],
    ["inputs.?note == 'x'", ["type-mismatch@inputs.?note == 'x'"]],
    ["stages.?pay && true", ["type-mismatch@stages.?pay"]],
    ["inputs.?tags.map(t, t)", ["type-mismatch@inputs.?tags"]],
    ["inputs.amount.map(t, t)", ["type-mismatch@inputs.amount"]],
    ["inputs.tags.all(t, t)", ["type-mismatch@t"]],
    ["inputs.tags.map(t, t, t)", ["type-mismatch@t"]],
    ["inputs.tags.map(t, t + 1)", ["type-mismatch@t + 1"]],
    ["size(inputs.amount)", ["type-mismatch@inputs.amount"]],
    ["inputs.?note.size()", ["type-mismatch@inputs.?note"]],
    ["inputs.at.startsWith(1)", ["type-mismatch@1"]],
    ["inputs.at.contains(1)", ["type-mismatch@1"]],
    ["inputs.at.foo()", ["unknown-function@foo"]],
    ["inputs.at.startsWith()", ["wrong-arguments@startsWith"]],
    ["inputs.at.matches('(a')", ["bad-regex@'(a'"]],
    ["duration('3 days') > duration('1h')", ["bad-value@duration('3 days')"]],
    ["timestamp('2026-13-01T00:00:00Z')", ["bad-value@timestamp('2026-13-01T00:00:00Z')"]],
    ["[?1]", ["type-mismatch@1"]],
    ["{1: 2}", ["type-mismatch@1"]],
    ["{'a': 1, 'a': 2}", ["bad-value@'a'"]],
    ["{'a': 1}.b", ["unknown-field@b"]],
    ["stages.pay.outputs.total > 1", ["maybe-absent@pay"]],
    ["stages.pay.outputs.total > stages.pay.outputs.total", ["maybe-absent@pay"]],
    ["has(stages.budget) && stages.pay.outputs.total > 1", ["maybe-absent@pay"]],
    ["has(stages.pay) || stages.pay.outputs.total > 1", ["maybe-absent@pay"]],
    ["has(stages.pay) ? 0 : stages.pay.outputs.total", ["maybe-absent@pay"]],
    ["stages['pay'].outputs", ["maybe-absent@'pay'"]],
    ["inputs.note.size()", ["~maybe-missing@note"]],
    ["inputs.note + inputs.note", ["~maybe-missing@note"]],
    ["inputs.vendor.`tax-id`", ["~maybe-missing@`tax-id`"]],
    ["has(inputs.rates) && inputs.rates.EUR > 1", ["~maybe-missing@EUR"]],
    ["inputs.maybe + 1", ["~maybe-missing@inputs.maybe"]],
    ["inputs.vendor.name.size()", ["~maybe-missing@inputs.vendor.name"]],
    ["has(inputs.maybe) && inputs.maybe > 1", ["~maybe-missing@inputs.maybe"]],
    ["inputs.lines.map(l, l.cost)", ["~maybe-missing@cost"]],
    ["[inputs.maybe].map(x, x + 1)", ["~maybe-missing@x"]],
    ["has(any.x) && [{'x': 1}].all(any, any.x + '' == '')", ["type-mismatch@any.x + ''"]],
    ["1 +", ["expression-syntax@"]],
    ["(".repeat(200), ["expression-too-large@("]],
    ["undefined == 1", ["unknown-name@undefined"]],
    ["True && nothing", ["unknown-name@True", "unknown-name@nothing"]],
    ["{'a': null}.a.b", ["type-mismatch@b"]],
    ["(any.x ? {'a': null} : {'a': {'b': 1}}).a.b", ["~maybe-missing@(any.x ? {'a': null} : {'a': {'b': 1}}).a"]],
    ["foo(inputs.amout)", ["unknown-field@amout", "unknown-function@foo"]],
  ])("%s", (source, expected) => {
    expect([...findings(source)].sort()).toEqual([...expected].sort());
  });
});

describe("what to write instead", () => {
  test.each([
    ["inputs.amout", "did you mean `amount`?"],
    ["inptus.amount", "did you mean `inputs`?"],
    ["qqqqqq", "in scope: inputs, stages, any, started"],
    ["None == any", "write `null`"],
    ["{'a': 1}.zzz", "it has a"],
    ["inputs.vendor.country == 'GE'", 'did you mean "DE"? allowed: US, DE, FR'],
    ["inputs.vendor.country == 'Poland'", "allowed: US, DE, FR"],
    ["inputs.amount > '10000'", "remove the quotes: 10000"],
    ["inputs.urgent == 'true'", "remove the quotes: true"],
    ["inputs.urgent == inputs.at", "write `bool(inputs.at)`"],
    ["inputs.amount > inputs.at", "write `number(inputs.at)`"],
    ["inputs.at < now()", "write `timestamp(inputs.at)`"],
    ["duration('1h') > inputs.wait", "write `duration(inputs.wait)`"],
    ["inputs.tags.name", "write `.map(x, x.name)`, or an index"],
    ["inputs.at[0]", "write text.charAt(i), or text.substring(from, to)"],
    ["'n' + inputs.amount", "write `string(inputs.amount)` to join it to a text"],
    ["inputs.at - 1", "write `number(inputs.at)`"],
    ["1 - inputs.at", "write `number(inputs.at)`"],
    ["inputs.amount && true", "write `inputs.amount != 0`"],
    ["inputs.at && true", 'write `inputs.at != ""`'],
    ["inputs.?urgent && true", "write `inputs.?urgent.orValue(false)`"],
    ["inputs.?amount > 1", "write `inputs.?amount.orValue(…)`"],
    ["'a' in inputs.at", "write `inputs.at.contains(…)`"],
    ["inputs.note.size()", "guard it: `has(inputs.note) && …`, or write `inputs.?note.orValue(…)`"],
    ["stages.pay.outputs.total", "guard it: `has(stages.pay) && …`, or write `stages.?pay.outputs.total.orValue(…)`"],
    [
      "stages['pay'].outputs.total",
      "guard it: `has(stages['pay']) && …`, or write `stages[?'pay'].outputs.total.orValue(…)`",
    ],
    ["inputs.maybe + 1", "write coalesce(inputs.maybe, …)"],
    ["size(1)", "it is `size(of)`"],
  ])("for %s: %s", (source, help) => {
    expect(check(source).issues[0]?.help).toBe(help);
  });

  test("a maybe-absent field says why", () => {
    expect(check("stages.pay.outputs").issues[0]?.message).toBe("`stages.pay` may be absent: `pay` may be omitted");
  });
});

test("names from elsewhere never leak in", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    expect(findings(name)).toEqual([`unknown-name@${name}`]);
    expect(findings(`inputs.${name}`)).toEqual([`unknown-field@${name}`]);
    expect(findings(`${name}()`)).toEqual([`unknown-function@${name}`]);
  }
});
