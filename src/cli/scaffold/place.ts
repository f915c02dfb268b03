import path from "node:path";
import type { App } from "../../app.js";
import { SCHEMA_FOLDER } from "./schema.js";

/** Where the project's definitions go, and the way from there to its schemas. With `/`, as YAML and editors want it. */
export function sourcesOf({ config: { project, definitions } }: App): {
  readonly folder: string;
  readonly schemas: string;
} {
  const slashes = (name: string) => name.split(path.sep).join("/");
  return {
    folder: slashes(path.relative(project, definitions)),
    schemas: slashes(path.relative(definitions, path.join(project, SCHEMA_FOLDER))),
  };
}
