import fs from "node:fs";
import path from "node:path";
import { type App, workflowSchema, workflowTestSchema } from "../../app.js";
import { StagecraftError } from "../../core/errors.js";
import { isObject, type JsonObject } from "../../core/json.js";
import { writeAll } from "./files.js";

/** Where the project keeps its schemas. */
export const SCHEMA_FOLDER = ".stagecraft";

const KINDS = { workflow: "**/*.workflow.yaml", "workflow-test": "**/*.test.yaml" } as const;
const SETTINGS = ".vscode/settings.json";

/**
 * Writes the schemas, with the stage types of the project's plugins, and names them in the editor's settings, whose other
 * entries stay. @throws StagecraftError `file-invalid` when the settings are no plain JSON
 */
export async function installSchemas(app: App): Promise<readonly string[]> {
  const { project } = app.config;
  const schemas = { workflow: workflowSchema(await app.registry()), "workflow-test": workflowTestSchema() };
  const files = Object.entries(schemas).map(([kind, schema]) => [schemaFile(kind), pretty(schema)] as const);
  const settings = pretty(withSchemas(readSettings(path.join(project, SETTINGS))));
  return writeAll(project, { ...Object.fromEntries(files), [SETTINGS]: settings });
}

function schemaFile(kind: string): string {
  return `${SCHEMA_FOLDER}/${kind}.schema.json`;
}

function withSchemas(settings: JsonObject): JsonObject {
  const before = isObject(settings["yaml.schemas"]) ? settings["yaml.schemas"] : {};
  const ours = Object.entries(KINDS).map(([kind, pattern]) => [`./${schemaFile(kind)}`, [pattern]]);
  return { ...settings, "yaml.schemas": { ...before, ...Object.fromEntries(ours) } };
}

function readSettings(file: string): JsonObject {
  if (!fs.existsSync(file)) return {};
  try {
    const settings = JSON.parse(fs.readFileSync(file, "utf8"));
    if (isObject(settings)) return settings;
  } catch {
    // Said below: comments are allowed there, and would be lost.
  }
  throw new StagecraftError("file-invalid", `${SETTINGS} is not plain JSON, and is left as it is`, {
    help: `add to "yaml.schemas": "./${schemaFile("workflow")}": ["${KINDS.workflow}"]`,
  });
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
