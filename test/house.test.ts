import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOMS } from "./support/import-table.js";
import {
  filesBelow,
  lineOf,
  packageOf,
  parse,
  ROOT,
  resolveImport,
  type SourceFile,
  sourceFiles,
  visit,
} from "./support/sources.js";

const LIMITS = { file: 300, function: 70, median: 120 };

const product = sourceFiles("src", "plugins", "bin");
const everything = [...product, ...sourceFiles("scripts", "test", "bench")];
const byPath = new Map(product.map((source) => [source.file, source]));

describe("imports", () => {
  it("go only where the import table allows", () => {
    const faults = product.flatMap((source) => source.imports.map((name) => importFault(source.file, name)));
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it("name files that exist", () => {
    const faults = product.flatMap(({ file, imports }) =>
      imports
        .map((name) => [name, resolveImport(file, name)] as const)
        .filter(([, target]) => target !== undefined && !fs.existsSync(path.join(ROOT, target)))
        .map(([name]) => `${file} imports ${name}, which is not there`),
    );
    expect(faults).toEqual([]);
  });

  it("form no cycle, types included", () => {
    expect(cycles()).toEqual([]);
  });

  it("reach every file from an entry", () => {
    const reached = reach(entries());
    const dead = product.filter(({ file }) => !reached.has(file) && !file.startsWith("plugins/_template/"));
    expect(dead.map(({ file }) => `${file} is reached from no entry`)).toEqual([]);
  });

  it("are said in src/README.md as they are enforced", () => {
    const map = fs.readFileSync(path.join(ROOT, "src/README.md"), "utf8");
    const rooms = Object.keys(ROOMS).map((room) => room.replace(/^src\//, "").replace(/\/$/, ""));
    expect(rooms.filter((room) => !new RegExp(`^\\| \`${room}\` +\\|`, "m").test(map))).toEqual([]);
  });
});

describe("purity", () => {
  it("keeps clock, chance and environment out of core and definition", () => {
    const pure = product.filter(({ file }) => /^src\/(core|definition)\//.test(file));
    expect(pure.flatMap(impurities)).toEqual([]);
  });

  it("lets only config.ts read process.env", () => {
    const readers = product.filter(({ file, text }) => file !== "src/config.ts" && /\bprocess\.env\b/.test(text));
    expect(readers.map(({ file }) => `${file} reads process.env`)).toEqual([]);
  });
});

describe("size", () => {
  it("keeps every file short", () => {
    const long = everything.filter(({ lines }) => lines > LIMITS.file);
    expect(long.map(({ file, lines }) => `${file} has ${lines} lines; ${LIMITS.file} are allowed`)).toEqual([]);
  });

  it("keeps every function short", () => {
    const code = everything.filter(({ file }) => !file.startsWith("test/"));
    expect(code.flatMap(longFunctions)).toEqual([]);
  });

  it("keeps the median file short", () => {
    const lengths = product.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(LIMITS.median);
  });
});

describe("manners", () => {
  it("leave no note of unfinished work behind", () => {
    // Spelt so that it does not find itself.
    const unfinished = /\b(TO[D]O|FIX[M]E)\b/;
    const texts = [
      ...everything.map(({ file }) => file),
      ...filesBelow("docs", /\.md$/),
      ...filesBelow("definitions", /./),
    ];
    const faults = texts.filter((file) => unfinished.test(fs.readFileSync(path.join(ROOT, file), "utf8")));
    expect(faults).toEqual([]);
  });

  it("export by name; only plugins and commands have a default export", () => {
    const allowed = /^(plugins\/[^/]+\/index\.ts|src\/cli\/(commands|hooks)\/)/;
    expect(product.filter(({ file }) => !allowed.test(file)).flatMap(defaultExports)).toEqual([]);
  });
});

function importFault(file: string, name: string): string | undefined {
  const target = resolveImport(file, name);
  if (file.startsWith("plugins/")) return pluginFault(file, name, target);
  const [key, room] = Object.entries(ROOMS).find(([prefix]) => file.startsWith(prefix)) ?? [];
  if (!key || !room) return `${file} is in no room`;
  if (target !== undefined) {
    return room.files.some((allowed) => target.startsWith(allowed)) ? undefined : `${file} may not import ${target}`;
  }
  if (name.startsWith("#schemas/")) return undefined;
  if (name.startsWith("node:")) return room.node ? undefined : `${file} may not import ${name}`;
  return room.packages.includes(packageOf(name)) ? undefined : `${file} may not import the package ${name}`;
}

/** A plugin is a guest: the public door, its own files, its own packages. */
function pluginFault(file: string, name: string, target: string | undefined): string | undefined {
  const home = file.split("/").slice(0, 2).join("/");
  if (target !== undefined)
    return target.startsWith(`${home}/`) ? undefined : `${file} may not leave ${home}: ${target}`;
  if (packageOf(name) === "stagecraft" && name !== "stagecraft/plugin") return `${file} may not import ${name}`;
  return undefined;
}

/** Each cycle once, from its first file in order of path. */
function cycles(): readonly string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      const loop = trail.slice(at);
      const first = loop.indexOf([...loop].sort()[0] as string);
      found.add([...loop.slice(first), ...loop.slice(0, first), loop[first]].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of targets(file)) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const { file } of product) walk(file, []);
  return [...found];
}

function targets(file: string): readonly string[] {
  const imports = byPath.get(file)?.imports ?? [];
  return imports.map((name) => resolveImport(file, name)).filter((target) => target !== undefined);
}

/** Where the outside comes in: the package's exports, oclif's folders, the dashboard, each plugin's index, bin. */
function entries(): readonly string[] {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const exported = Object.values<Record<string, string> | string>(manifest.exports)
    .map((entry) => (typeof entry === "string" ? entry : (entry["default"] ?? "")))
    .map((entry) => entry.replace(/^\.\/dist\/(.*)\.js$/, "$1.ts"));
  const doors =
    /^(bin\/|src\/cli\/(commands|hooks)\/|src\/server\/web\/(main\.tsx|graph\/layout-worker\.ts)$|plugins\/[^/]+\/index\.ts$)/;
  return [...exported, ...product.map(({ file }) => file).filter((file) => doors.test(file))];
}

function reach(from: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [...from];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...targets(file));
  }
  return reached;
}

function impurities(source: SourceFile): readonly string[] {
  const globals = new Set(["process", "performance", "setTimeout", "setInterval", "setImmediate", "crypto", "fetch"]);
  const members = new Set(["Date.now", "Math.random"]);
  const tree = parse(source);
  const faults: string[] = [];
  visit(tree, (node) => {
    const say = (what: string) => faults.push(`${source.file}:${lineOf(tree, node.getStart())} uses ${what}`);
    if (ts.isPropertyAccessExpression(node) && members.has(node.getText())) say(node.getText());
    if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) say("new Date()");
    if (ts.isIdentifier(node) && globals.has(node.text) && isGlobalUse(node)) say(node.text);
  });
  return faults;
}

/** A name used as a value, rather than a field, a key or a declaration of the same spelling. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return ts.isCallExpression(parent) || ts.isElementAccessExpression(parent) || ts.isTypeQueryNode(parent);
}

function longFunctions(source: SourceFile): readonly string[] {
  const tree = parse(source);
  const faults: string[] = [];
  visit(tree, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return;
    const first = lineOf(tree, node.getStart());
    const length = lineOf(tree, node.getEnd()) - first + 1;
    if (length <= LIMITS.function) return;
    const name = node.name?.getText() ?? "a function";
    faults.push(`${source.file}:${first} ${name} has ${length} lines; ${LIMITS.function} are allowed`);
  });
  return faults;
}

function defaultExports(source: SourceFile): readonly string[] {
  const tree = parse(source);
  const isDefault = (statement: ts.Statement): boolean =>
    ts.isExportAssignment(statement) ||
    (ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword));
  return tree.statements.filter(isDefault).map(() => `${source.file} has a default export`);
}
