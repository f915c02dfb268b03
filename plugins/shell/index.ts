import { definePlugin } from "stagecraft/plugin";
import { shellStage } from "./stage.js";

export default definePlugin({
  name: "shell",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "shell-command",
      means: "The command is a text where a list is wanted, or a list where `shell: true` wants a text.",
      mend: "Write the program and its arguments as a list, or set `shell: true` and write one text.",
    },
    {
      code: "shell-injection",
      means: "A value is put into a text that a shell reads: whoever chooses the value chooses the commands.",
      mend: 'Pass the value in `env` and write `"$NAME"` in the command, or write the command as a list.',
    },
    {
      code: "shell-env",
      means: "`env` sets a name that no environment variable can have, or one that is Stagecraft's own.",
      mend: "Use letters, digits and `_`, and a name that does not begin with `STAGECRAFT_`.",
    },
  ],
  stages: [shellStage],
});
