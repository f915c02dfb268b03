import { findExpressions, isObject, type Json, type StageInfo, type StageIssue } from "stagecraft/plugin";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with `with`, beyond its schema. */
export function check({ with: given }: StageInfo): readonly StageIssue[] {
  return [...commandIssues(given["command"], given["shell"]), ...envIssues(given["env"])];
}

function commandIssues(command: Json | undefined, shell: Json | undefined): readonly StageIssue[] {
  const at = { severity: "error" as const, path: ["with", "command"] };
  if (shell !== true) {
    if (typeof command !== "string" || isExpression(command)) return [];
    const words = (command.match(/\S*\$\{\{.*?\}\}\S*|\S+/g) ?? [])
      .map((word) => (word.includes("${{") ? `"${word}"` : word))
      .join(", ");
    const message = "a command is a list: the program and its arguments, each as it is";
    return [{ ...at, code: "shell-command", message, help: `write [${words}], or set \`shell: true\`` }];
  }
  if (typeof command !== "string") {
    const message = "with `shell: true` the command is one text, which /bin/sh reads";
    return [{ ...at, code: "shell-command", message, help: "write one text, or remove `shell: true`" }];
  }
  if (findExpressions(command).found.length === 0) return [];
  const message = "a value that is put into the text of a shell command can bring commands of its own";
  const help = 'pass it in `env` and write "$NAME" here, or write the command as a list without `shell: true`';
  return [{ ...at, code: "shell-injection", message, help }];
}

function envIssues(env: Json | undefined): readonly StageIssue[] {
  if (!isObject(env)) return [];
  return Object.keys(env).flatMap((name): StageIssue[] => {
    if (NAME.test(name) && !name.startsWith("STAGECRAFT_")) return [];
    const message = NAME.test(name)
      ? `${name} is Stagecraft's own to set`
      : `${name} cannot be the name of an environment variable`;
    return [{ code: "shell-env", severity: "error", message, path: ["with", "env", name], atKey: true }];
  });
}

/** The whole text is one expression, whose value may be a list. */
function isExpression(text: string): boolean {
  return /^\$\{\{.*\}\}$/s.test(text) && findExpressions(text).found.length === 1;
}
