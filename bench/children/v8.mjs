import v8 from "node:v8";

/** Sets V8 as `bin/run.js` does for commands that do not last. */
export function asCommand() {
  if (process.versions.v8.startsWith("11.")) v8.setFlagsFromString("--interrupt-budget=1000000");
}
