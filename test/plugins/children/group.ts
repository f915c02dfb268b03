/** Runs the shell text given as a group of processes, as an engine would that may be killed meanwhile. */
import { runGroup } from "../../../plugins/shell/group.js";

const [, , text = ""] = process.argv;
process.on("SIGTERM", () => process.exit(1));
const { PATH = "" } = process.env;
const command = ["/bin/sh", "-c", text] as const;
await runGroup(
  { command, cwd: ".", env: { PATH }, stdin: "", maxBytes: 1000, grace: 100 },
  new AbortController().signal,
);
