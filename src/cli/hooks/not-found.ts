import type { Hook } from "@oclif/core";
import { StagecraftError } from "../../core/errors.js";
import { nearest } from "../../core/suggest.js";
import { EXIT } from "../exit.js";

/** Says what was probably meant, and never asks: a prompt would hang a script. */
const hook: Hook.CommandNotFound = async ({ id, config }) => {
  const typed = id.replaceAll(":", " ");
  const known = config.commands
    .flatMap((command) => [command.id, ...command.aliases])
    .map((one) => one.replaceAll(":", " "));
  const meant = nearest(typed, known) ?? nearest(typed.split(" ")[0] ?? "", known);
  const fault = new StagecraftError("unknown-command", `there is no command ${typed}`);
  const help = meant ? `did you mean \`stagecraft ${meant}\`?` : "`stagecraft --help` lists the commands";
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ error: { code: fault.code, message: fault.message, help } }, null, 2)}\n`);
  } else process.stderr.write(`error: ${fault.message} [${fault.code}]\nhelp: ${help}\n`);
  process.exit(EXIT.usage);
};

export default hook;
