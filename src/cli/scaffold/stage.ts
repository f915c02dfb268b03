import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Files } from "./files.js";
import { namesOf } from "./names.js";

/** The template plugin as a plugin of the project. `written` is `credit-check`, or `acme/credit-check`. */
export function stageFiles(written: string): { readonly files: Files; readonly uses: string } {
  const [vendor, name] = written.includes("/") ? (written.split("/", 2) as [string, string]) : ["my", written];
  const { kebab, camel, title } = namesOf(name);
  const owner = namesOf(vendor).kebab;
  const uses = `${owner}/${camel}`;
  const folder = path.join(
    path.dirname(createRequire(import.meta.url).resolve("stagecraft/package.json")),
    "plugins/_template",
  );
  const files = ["index.ts", "index.test.ts"].map((file) => {
    const text = fs
      .readFileSync(path.join(folder, file), "utf8")
      .replaceAll("my/wordCount", uses)
      .replaceAll("my/words", `${owner}/${kebab}`)
      .replace('title: "Word count"', `title: ${JSON.stringify(title)}`);
    return [`plugins/${kebab}/${file}`, text] as const;
  });
  return { files: Object.fromEntries(files), uses };
}
