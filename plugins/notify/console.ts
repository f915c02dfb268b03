import type { Notifier } from "stagecraft/plugin";

// Control characters could move the cursor or rewrite what the terminal shows; a notification is one plain line.
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** One line on stderr of the process that runs the stage: stdout belongs to the command's own result. */
export const consoleNotifier: Notifier = {
  name: "console",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["message"],
    properties: {
      message: { type: "string", description: "What to say. Line breaks become spaces." },
      data: { description: "Added to the line as JSON." },
    },
  },
  async send({ message, data }, context) {
    const text = String(message).replace(CONTROL, " ").trim();
    const tail = data === undefined ? "" : ` ${JSON.stringify(data).replace(CONTROL, " ")}`;
    process.stderr.write(`[${context.run.workflow}/${context.run.stage}] ${text}${tail}\n`);
    return {};
  },
};
