/** What oclif writes of an argument, a flag and a command. */
interface Argument {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
}

interface Flag extends Argument {
  readonly char?: string;
  readonly type: "boolean" | "option";
  readonly helpValue?: string;
  readonly helpGroup?: string;
  readonly options?: readonly string[];
  readonly default?: unknown;
}

interface Command {
  readonly id: string;
  readonly description: string;
  readonly examples?: readonly string[];
  readonly aliases?: readonly string[];
  readonly args: Readonly<Record<string, Argument>>;
  readonly flags: Readonly<Record<string, Flag>>;
}

export interface Manifest {
  readonly commands: Readonly<Record<string, Command>>;
}

const HEAD = `# Commands

What \`npx stagecraft COMMAND --help\` says, on one page; it is made from the program. A RUN is an id, the beginning of one, or
\`--last\`; a DEFINITION is an id found in \`definitions/\`, or a file. [Exit codes](../../README.md#exit-codes) tell scripts how it
ended: \`npx stagecraft help exit-codes\`.

Every command takes these:`;

/** The reference of the command line. Flags that all commands have are told once; commands of one word come first. */
export function commandsPage({ commands }: Manifest): string {
  const all = Object.values(commands).sort((a, b) => (a.id < b.id ? -1 : 1));
  const globals = Object.values(all.find(({ id }) => id === "runs:ls")?.flags ?? {}).filter(isGlobal);
  const topics = [...new Set(all.map(topicOf))].sort();
  const parts = topics.map((topic) => {
    const title = topic === "" ? "Commands of one word" : topic;
    return [`## ${title}`, ...all.filter((command) => topicOf(command) === topic).map(section)].join("\n\n");
  });
  return `${HEAD}\n\n${table(globals.map(flagRow))}\n\n${parts.join("\n\n")}\n`;
}

function section({ id, description, args, flags, examples = [], aliases = [] }: Command): string {
  const name = wordsOf(id);
  const own = Object.values(flags).filter((flag) => !isGlobal(flag));
  const rows = [...Object.values(args).map(argumentRow), ...own.map(flagRow)];
  const places = Object.values(args).map(({ name, required }) => {
    return required ? name.toUpperCase() : `[${name.toUpperCase()}]`;
  });
  const also = aliases.length === 0 ? "" : ` Also \`${aliases.map(wordsOf).join("`, `")}\`.`;
  const shown = examples.map((example) => example.replaceAll("<%= config.bin %>", "npx stagecraft"));
  return [
    `### ${name}`,
    description + also,
    code(["npx stagecraft", name, ...places].join(" ")),
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...(shown.length === 0 ? [] : [`For example:\n\n${code(shown.join("\n"))}`]),
  ].join("\n\n");
}

function isGlobal({ helpGroup }: Flag): boolean {
  return helpGroup === "GLOBAL";
}

function code(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function table(rows: readonly string[]): string {
  return ["| | |", "| --- | --- |", ...rows].join("\n");
}

function argumentRow({ name, description = "" }: Argument): string {
  return `| \`${name.toUpperCase()}\` | ${cell(description)} |`;
}

function flagRow({ name, char, type, helpValue, options, description = "", default: preset }: Flag): string {
  const short = char === undefined ? "" : `-${char}, `;
  const value = type === "boolean" ? "" : ` ${options?.join("|") ?? helpValue ?? "<value>"}`;
  const otherwise = preset === undefined || type === "boolean" ? "" : ` (${preset} without it)`;
  return `| \`${cell(`${short}--${name}${value}`)}\` | ${cell(description)}${otherwise} |`;
}

/** A bar would end the cell, and what stands in angles would be taken for HTML. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/<([\w|=]+)>/g, "$1");
}

function wordsOf(id: string): string {
  return id.replaceAll(":", " ");
}

/** `runs` of `runs:ls`; empty for a command of one word. */
function topicOf({ id }: Command): string {
  return id.includes(":") ? (id.split(":")[0] ?? "") : "";
}
