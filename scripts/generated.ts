import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CODES, type CodeRecord, workflowSchema, workflowTestSchema } from "../src/definition/index.js";
import type { Plugin } from "../src/plugin/api.js";
import { Registry } from "../src/plugin/registry.js";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Files made from the code: path from the project's root → text. A test compares them with what is committed. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    "schemas/workflow.schema.json": `${JSON.stringify(workflowSchema(await shippedRegistry()), null, 2)}\n`,
    "schemas/workflow-test.schema.json": `${JSON.stringify(workflowTestSchema(), null, 2)}\n`,
    "docs/reference/diagnostics.md": diagnosticsPage(),
  };
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

function diagnosticsPage(): string {
  const sections = SECTIONS.map(([about, title]) => {
    const rows = CODES.filter((record) => record.about === about).map(
      ({ code, means, mend }) => `| \`${code}\` | ${cell(means)} | ${cell(mend)} |`,
    );
    return `## ${title}\n\n| code | means | to mend it |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# Diagnostics

What \`stagecraft validate\` can find, by code. \`stagecraft validate --explain CODE\` prints the same. A warning is silenced by
a comment on its line or the line before: \`# stagecraft-ignore unused\`. An error cannot be silenced. Plugins add codes of
their own, which begin with the name of the stage type.

${sections.join("\n")}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
