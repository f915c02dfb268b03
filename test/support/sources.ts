import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** A source file of the project, with what the house rules ask about it. Paths are relative to the root, with `/`. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  /** Every module named by import, export … from, import type, or import(). */
  readonly imports: readonly string[];
}

/** The TypeScript and JavaScript files below the given folders, in order of path. */
export function sourceFiles(...folders: string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => filesBelow(folder)).map(read);
}

/** Files that the project keeps, by extension; generated and installed ones left out. */
export function filesBelow(folder: string, pattern = /\.(ts|tsx|js|mjs)$/): readonly string[] {
  const absolute = path.join(ROOT, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .filter((file) => !file.includes("node_modules/"))
    .sort();
}

function read(file: string): SourceFile {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  return {
    file,
    text,
    lines: text.trimEnd().split("\n").length,
    imports: ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName),
  };
}

/** The file a relative import means, or undefined for a package. `dist/` counts as what it was compiled from. */
export function resolveImport(from: string, imported: string): string | undefined {
  if (!imported.startsWith(".")) return undefined;
  const target = path.posix.join(path.posix.dirname(from), imported).replace(/^dist\//, "");
  const stem = target.replace(/\.js$/, "");
  const found = [target, `${stem}.ts`, `${stem}.tsx`].find((name) => fs.existsSync(path.join(ROOT, name)));
  return found ?? target;
}

/** `knex` of `knex/lib/client`, `@oclif/core` of `@oclif/core/help`; `node:fs` stays. */
export function packageOf(imported: string): string {
  const parts = imported.split("/");
  return imported.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] as string);
}

export function parse(source: SourceFile): ts.SourceFile {
  return ts.createSourceFile(source.file, source.text, ts.ScriptTarget.Latest, true);
}

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

export function lineOf(tree: ts.SourceFile, offset: number): number {
  return tree.getLineAndCharacterOfPosition(offset).line + 1;
}
