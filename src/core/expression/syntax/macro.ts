import { Fault, type Span } from "../fault.js";
import type { MacroName, Node } from "./ast.js";

const MACROS: ReadonlySet<string> = new Set<MacroName>(["all", "exists", "exists_one", "filter", "map"]);
const OPTIONAL_MAKERS = new Set(["of", "none", "ofNonZeroValue"]);

type Place = Span & { readonly height: number };

/** A call as the tree has it: `has`, a macro, `optional.of(…)`, or a plain call with its target as first argument. */
export function buildCall(name: string, at: Span, target: Node | undefined, args: readonly Node[], place: Place): Node {
  if (target === undefined) return name === "has" ? buildHas(args, place) : plain(name, at, args, false, place);
  if (MACROS.has(name) && args.length >= 2 && isMacroName(name)) return buildMacro(name, at, target, args, place);
  if (target.kind === "name" && target.name === "optional" && OPTIONAL_MAKERS.has(name)) {
    return plain(`optional.${name}`, at, args, false, place);
  }
  return plain(name, at, [target, ...args], true, place);
}

function plain(name: string, at: Span, args: readonly Node[], method: boolean, place: Place): Node {
  return { kind: "call", name, args, method, at, ...place };
}

function isMacroName(name: string): name is MacroName {
  return MACROS.has(name);
}

function buildHas(args: readonly Node[], place: Place): Node {
  const [operand] = args;
  if (args.length === 1 && operand?.kind === "select") return { kind: "has", operand, ...place };
  const help = "write has(inputs.note), or has(inputs.`cost-center`) for a name with other signs in it";
  throw new Fault("expression-syntax", "has() takes one field", "error", { start: place.start, end: place.end }, help);
}

function buildMacro(macro: MacroName, at: Span, target: Node, args: readonly Node[], place: Place): Node {
  const [variable, second, third, ...more] = args;
  if (variable!.kind !== "name") {
    const help = `write ${macro}(item, …): a name for each item, then what to do with it`;
    throw new Fault("expression-syntax", `${macro}() needs a name first`, "error", span(variable!), help);
  }
  if (more.length > 0 || (third !== undefined && macro !== "map")) {
    const expected = macro === "map" ? "two or three parts" : "two parts";
    throw new Fault("expression-syntax", `${macro}() takes ${expected}: a name and an expression`, "error", at);
  }
  const filter = third === undefined ? undefined : second!;
  return { kind: "macro", macro, target, variable: variable!.name, filter, body: third ?? second!, ...place };
}

function span(node: Node): Span {
  return { start: node.start, end: node.end };
}
