import { describe, expect, test } from "vitest";
import { compileExpression } from "../../src/core/expression/index.js";
import { childrenOf, type Node } from "../../src/core/expression/syntax/ast.js";
import { parse } from "../../src/core/expression/syntax/parser.js";
import { issueOf, value } from "./support.js";

/** A tree with every bracket written. */
function shape(node: Node): string {
  const parts = childrenOf(node).map(shape);
  switch (node.kind) {
    case "literal":
      return JSON.stringify(node.value);
    case "name":
      return node.name;
    case "select":
      return `${parts[0]}.${node.optional ? "?" : ""}${node.field}`;
    case "index":
      return `${parts[0]}[${node.optional ? "?" : ""}${parts[1]}]`;
    case "call":
      return `${node.name}(${parts.join(", ")})`;
    case "unary":
      return `(${node.operator}${parts[0]})`;
    case "binary":
      return `(${parts[0]} ${node.operator} ${parts[1]})`;
    case "conditional":
      return `(${parts.join(" ? ")})`;
    case "list":
      return `[${node.items.map(({ optional }, i) => (optional ? "?" : "") + parts[i]).join(", ")}]`;
    case "map":
      return `{${node.entries.map(({ optional }, i) => `${optional ? "?" : ""}${parts[2 * i]}: ${parts[2 * i + 1]}`).join(", ")}}`;
    case "has":
      return `has(${parts[0]})`;
    case "macro":
      return `${node.macro}(${parts[0]}, ${node.variable}, ${parts.slice(1).join(", ")})`;
  }
}

describe("the tree", () => {
  test.each([
    ["a || b && c == d + e * -f", "(a || (b && (c == (d + (e * (-f))))))"],
    ["a - b - c", "((a - b) - c)"],
    ["a / b % c", "((a / b) % c)"],
    ["!a.b(c)[d]", "(!b(a, c)[d])"],
    ["a ? b : c ? d : e", "(a ? b ? (c ? d ? e))"],
    ["a ? b ? c : d : e", "(a ? (b ? c ? d) ? e)"],
    ["a.?b.c[?d]", "a.?b.c[?d]"],
    ["x in [1, 2,]", "(x in [1, 2])"],
    ["[?a.?b, {?'k': c, 'l': 1,}]", '[?a.?b, {?"k": c, "l": 1}]'],
    ["a.map(x, x > 1, x)", "map(a, x, (x > 1), x)"],
    ["a.filter(x, x)", "filter(a, x, x)"],
    ["has(a.b) && a.`b-c d` == 1", "(has(a.b) && (a.b-c d == 1))"],
    ["a.if.in_.map", "a.if.in_.map"],
    ["a ? .5 : 1", "(a ? 0.5 ? 1)"],
    ["a // what follows is ignored\n + b", "(a + b)"],
    ["(a)", "a"],
    ["--1", "1"],
    ["optional.of(1)", "optional.of(1)"],
    ["optional", "optional"],
  ])("of %s is %s", (source, expected) => {
    expect(shape(parse(source))).toBe(expected);
  });

  test("has a place for every node", () => {
    const source = "coalesce(a.b , [1]).map( x, -x )";
    const texts: string[] = [];
    const visit = (node: Node): void => {
      texts.push(source.slice(node.start, node.end));
      for (const child of childrenOf(node)) visit(child);
    };
    visit(parse(source));
    expect(texts).toEqual([source, "coalesce(a.b , [1])", "a.b", "a", "[1]", "1", "-x", "x"]);
  });
});

describe("texts and numbers", () => {
  test.each([
    [String.raw`'a\'b'`, "a'b"],
    [String.raw`"\"\\\?\a\b\f\n\r\t\v"`, '"\\?\x07\b\f\n\r\t\v'],
    ["'\\`'", "`"],
    [String.raw`'\x41\u00e9\U0001F600\101'`, "Aé😀A"],
    [String.raw`r'\d+'`, "\\d+"],
    [String.raw`R"""a\"""`, "a\\"],
    ["'''it's\ntwo lines'''", "it's\ntwo lines"],
    ['""""quoted" """', '"quoted" '],
    ["''", ""],
    ["0x1F", 31],
    ["1e3", 1000],
    ["1.5e-3", 0.0015],
    [".5", 0.5],
    ["9007199254740991", 9007199254740991],
    ["-0", 0],
  ])("%s is %j", (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  test.each([
    ["'abc", "'abc"],
    ["'a\nb'", "'a\nb'"],
    ["'''abc'", "'''abc'"],
    [String.raw`'\q'`, String.raw`\q`],
    [String.raw`'\x4'`, String.raw`\x4'`],
    [String.raw`'\ud800'`, String.raw`\ud800`],
    [String.raw`'\U00110000'`, String.raw`\U00110000`],
    ["b'abc'", "b'"],
    ["1u", "1u"],
    ["12abc", "12abc"],
    ["9007199254740993", "9007199254740993"],
    ["1e999", "1e999"],
  ])("%s is refused at its place", (source, place) => {
    expect(issueOf(source)).toBe(`expression-syntax@${place}`);
  });
});

describe("what other languages write", () => {
  test.each([
    ["a and b", "and", "write `&&`"],
    ["a OR b", "OR", "write `||`"],
    ["not a", "not", "write `!x`"],
    ["a is null", "is", "write `==`"],
    ["a = b", "=", "write `==` to compare"],
    ["a === b", "===", "write `==`: values of different types are never equal"],
    ["a !== b", "!==", "write `!=`: values of different types are never equal"],
    ["a ?? b", "??", "write `coalesce(a, b)`, or `a.?b.orValue(c)`"],
    ["a?.b", "?.", "write `a.?b`: the question mark comes after the dot"],
    ["a & b", "&", "write `&&`"],
    ["a | b", "|", "write `||`"],
    ["a <> b", "<>", "write `!=`"],
    ["l.map(x => x)", "=>", "write `list.map(item, …)`: no arrow"],
    ["a # why", "#", "a comment starts with `//`"],
    ["${{ a }}", "$", "names stand alone here: no `$` and no `${{ }}` inside an expression"],
    ["x mod 2", "mod", "write `%`"],
  ])("%s is told what to write instead", (source, place, help) => {
    const [issue] = compileExpression(source).issues;
    expect([source.slice(issue!.start, issue!.end), issue!.help]).toEqual([place, help]);
  });
});

describe("what is no expression", () => {
  test.each([
    ["", ""],
    ["   ", ""],
    ["1 +", ""],
    ["(1", ""],
    ["1)", ")"],
    ["[1 2]", "2"],
    ["{'a' 1}", "1"],
    ["{'__proto__': 1}", "'__proto__'"],
    ["f(1,)", ")"],
    ["a.", ""],
    ["a.1", ".1"],
    ["a.in", "in"],
    ["a ? b", ""],
    ["a b", "b"],
    ["a 'b'", "'b'"],
    ["if", "if"],
    ["in", "in"],
    ["a.?b(1)", "("],
    ["has(a)", "has(a)"],
    ["has(a.b, c)", "has(a.b, c)"],
    ["has(a['b'])", "has(a['b'])"],
    ["l.map(1, 2)", "1"],
    ["l.map(a.b, 2)", "a.b"],
    ["l.all(x, y, z)", "all"],
    ["l.map(x, y, z, w)", "map"],
    ["é", "é"],
    ["``", "`"],
    ["a.``", "`"],
  ])("%s is refused at its place", (source, place) => {
    expect(issueOf(source)).toBe(`expression-syntax@${place}`);
  });

  test.each([
    ["foo(1)", "unknown-function@foo"],
    ["'a'.length()", "unknown-function@length"],
    ["size()", "wrong-arguments@size"],
    ["'a'.contains('b', 'c')", "wrong-arguments@contains"],
    ["coalesce(a)", "wrong-arguments@coalesce"],
    ["get(a)", "wrong-arguments@get"],
    ["x.matches('(')", "bad-regex@'('"],
    ["l.map()", "unknown-function@map"],
  ])("%s is refused before it is evaluated", (source, expected) => {
    expect(issueOf(source)).toBe(expected);
  });

  test("a near name is suggested for a function, and a method knows its target counts", () => {
    expect(compileExpression("x.startWith('a')").issues[0]).toMatchObject({ help: "did you mean `startsWith`?" });
    expect(compileExpression("always()").issues[0]?.help).toContain("needs");
    expect(compileExpression("'a'.size(1)").issues[0]?.message).toContain("2 arguments (its target is one)");
    expect(compileExpression("substring()").issues[0]).toMatchObject({ help: "write `substring(text, from, to?)`" });
  });
});

describe("references", () => {
  const of = (source: string) =>
    compileExpression(source).expression!.references.map(({ path, guarded }) => {
      return path.map((step) => step ?? "*").join(".") + (guarded ? " guarded" : "");
    });

  test.each<[string, string[]]>([
    ["inputs.a + stages.pay.outputs.total", ["inputs.a", "stages.pay.outputs.total"]],
    ["inputs.lines[0].price", ["inputs.lines.0.price"]],
    ["inputs['a-b'].`c d`", ["inputs.a-b.c d"]],
    ["inputs.rates[inputs.code]", ["inputs.rates.*", "inputs.code"]],
    ["json(stages)", ["stages"]],
    ["inputs.lines.map(line, line.price * inputs.rate)", ["inputs.lines", "inputs.rate"]],
    ["inputs.filter(inputs, inputs.x)", ["inputs"]],
    ["now()", []],
    ["{'a': x.y}.a", ["x.y"]],
    ["has(x.y)", ["x.y guarded"]],
    ["has(x.y) && x.y > 1", ["x.y guarded", "x.y guarded"]],
    ["has(x.y) && x.y.z > 1", ["x.y guarded", "x.y.z guarded"]],
    ["has(x.y.z) && x.y.w > 1", ["x.y.z guarded", "x.y.w guarded"]],
    ["has(x.y) || x.y > 1", ["x.y guarded", "x.y"]],
    ["!has(x.y) || x.y > 1", ["x.y guarded", "x.y guarded"]],
    ["has(x.y) && x.z > 1", ["x.y guarded", "x.z"]],
    ["x.y != null ? x.y : 0", ["x.y guarded", "x.y guarded"]],
    ["x.y == null ? 0 : x.y", ["x.y guarded", "x.y guarded"]],
    ["null != x.y && x.y > 1", ["x.y guarded", "x.y guarded"]],
    ["x.y == null || x.y > 1", ["x.y guarded", "x.y guarded"]],
    ["x.outcome == 'succeeded' && x.outcome != ''", ["x.outcome", "x.outcome guarded"]],
    ["'y' in x && x.y > 1", ["x", "x.y guarded"]],
    ["stages.?x.outputs.y", ["stages.x.outputs.y guarded"]],
    ["stages[?'x'].outputs", ["stages.x.outputs guarded"]],
    ["x.?y.hasValue() && x.y > 1", ["x.y guarded", "x.y guarded"]],
    [
      "coalesce(stages.a.outputs.n, stages.b.outputs.n, 0)",
      ["stages.a.outputs.n guarded", "stages.b.outputs.n guarded"],
    ],
    ["coalesce(size(a.b), 0) + a.b", ["a.b guarded", "a.b"]],
    ["get(stages, 'pay.outputs.total', x.y)", ["stages.pay.outputs.total guarded", "x.y"]],
    ["get(stages, inputs.path, 0)", ["stages.* guarded", "inputs.path"]],
    ["get(parseJson(x), 'a', y)", ["x guarded", "y"]],
    ["xs.map(i, has(a.b), a.b)", ["xs", "a.b guarded", "a.b guarded"]],
    ["(has(a.b) ? 1 : 2) + a.b", ["a.b guarded", "a.b"]],
  ])("of %s are %j", (source, expected) => {
    expect(of(source)).toEqual(expected);
  });

  test("have the place of the whole chain", () => {
    const source = "1 + inputs.lines[0].price";
    const [reference] = compileExpression(source).expression!.references;
    expect(source.slice(reference!.start, reference!.end)).toBe("inputs.lines[0].price");
    expect(reference!.path).toEqual(["inputs", "lines", 0, "price"]);
  });
});
