import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** The schema of SARIF 2.1.0 as Microsoft's own tool for such logs ships it. */
const SCHEMA = createRequire(import.meta.url).resolve(
  `@microsoft/sarif-multitool-${process.platform}/sarif-2.1.0.json`,
);

/** Says what is wrong with a log; null: nothing. */
export function sarifChecker(): (log: unknown) => readonly ErrorObject[] | null {
  const ajv = addFormats.default(new Ajv2020({ allErrors: true }));
  const check = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));
  return (log) => {
    check(log);
    return check.errors ?? null;
  };
}
