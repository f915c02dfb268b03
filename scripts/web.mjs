// Bundles the dashboard: a script, one that lays graphs out beside it, a stylesheet, a page.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} folder where index.html and assets go */
export async function buildWeb(folder) {
  const source = path.join(root, "src/server/web");
  fs.rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: {
      dashboard: path.join(source, "main.tsx"),
      style: path.join(source, "style/index.css"),
      "layout-worker": path.join(source, "graph/layout-worker.ts"),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox121", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    // The page says that it is UTF-8: escapes would only be longer.
    charset: "utf8",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) fs.copyFileSync(path.join(source, name), path.join(folder, name));
}
