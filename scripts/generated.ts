import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PRICE_TABLE } from "../src/config/prices.js";
import { CODES, type CodeRecord, workflowSchema, workflowTestSchema } from "../src/definition/index.js";
import type { CodeInfo, Plugin } from "../src/plugin/api.js";
import { Registry } from "../src/plugin/registry.js";
import { openApi } from "../src/server/openapi.js";
import { apiRoutes } from "../src/server/server.js";
import { clientFiles, type OpenApi } from "./client.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Files made from the code: path from the project's root → text. A test compares them with what is committed. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const registry = await shippedRegistry();
  return {
    "schemas/workflow.schema.json": `${JSON.stringify(workflowSchema(registry), null, 2)}\n`,
    "schemas/workflow-test.schema.json": `${JSON.stringify(workflowTestSchema(), null, 2)}\n`,
    "schemas/prices.schema.json": `${JSON.stringify(PRICE_TABLE, null, 2)}\n`,
    "docs/reference/diagnostics.md": diagnosticsPage(registry),
    ...clientFiles(apiDocument()),
  };
}

function apiDocument(): OpenApi {
  const nobody = () => {
    throw new Error("nothing is served here");
  };
  const routes = apiRoutes({ identify: nobody, begin: nobody, end: nobody });
  return openApi(routes, "") as unknown as OpenApi;
}

async function shippedRegistry(): Promise<Registry> {
  const folders = readdirSync(join(root, "plugins"))
    .filter((name) => !name.startsWith("_") && existsSync(join(root, "plugins", name, "index.ts")))
    .sort();
  const plugins = await Promise.all(folders.map((name) => import(`../plugins/${name}/index.ts`)));
  return new Registry((plugins as { default: Plugin }[]).map((plugin) => plugin.default));
}

const SECTIONS: readonly (readonly [CodeRecord["about"], string])[] = [
  ["source", "The YAML itself"],
  ["shape", "Keys and values"],
  ["graph", "The graph"],
  ["expression", "Expressions"],
  ["stageType", "Stage types"],
  ["inputs", "Inputs of a run"],
  ["test", "Tests"],
];

function diagnosticsPage(registry: Registry): string {
  const ours = SECTIONS.map(([about, title]) =>
    section(
      title,
      CODES.filter((record) => record.about === about),
    ),
  );
  const brought = registry.plugins.flatMap(({ name, codes }) =>
    codes === undefined ? [] : [section(`Plugin ${name}`, codes)],
  );
  return `# Diagnostics

What \`stagecraft validate\` can find, by code. \`stagecraft validate --explain CODE\` prints the same. A warning is silenced by
a comment on its line or the line before: \`# stagecraft-ignore unused\`. An error cannot be silenced. Plugins bring codes of
their own, with what they mean.

${[...ours, ...brought].join("\n")}`;
}

function section(title: string, codes: readonly CodeInfo[]): string {
  const rows = codes.map(({ code, means, mend }) => `| \`${code}\` | ${cell(means)} | ${cell(mend)} |`);
  return `## ${title}\n\n| code | means | to mend it |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
