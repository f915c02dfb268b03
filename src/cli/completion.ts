/** Scripts that complete the command line, made of the commands as they are. They start no process. */

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

interface CompletedFlag {
  readonly name: string;
  readonly char?: string;
  readonly description: string;
  /** Values, where they are known. */
  readonly options: readonly string[];
}

export interface CompletedCommand {
  /** `["runs", "ls"]` */
  readonly words: readonly string[];
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
}

export function completionScript(shell: Shell, bin: string, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](bin, commands);
}

/** Words before the cursor, joined by spaces, and what may follow. */
function continuations(commands: readonly CompletedCommand[]): ReadonlyMap<string, readonly string[]> {
  const follow = new Map<string, Set<string>>();
  const add = (before: string, word: string) => follow.set(before, (follow.get(before) ?? new Set()).add(word));
  for (const { words, flags } of commands) {
    for (const [at, word] of words.entries()) add(words.slice(0, at).join(" "), word);
    for (const { name } of flags) add(words.join(" "), `--${name}`);
  }
  return new Map([...follow].map(([before, words]) => [before, [...words].sort()]));
}

/** Values of flags by the flag, where all commands that have it agree. */
function flagValues(commands: readonly CompletedCommand[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, Set<string>>();
  for (const { name, options } of commands.flatMap(({ flags }) => flags)) {
    if (options.length > 0) values.set(name, new Set([...(values.get(name) ?? []), ...options]));
  }
  return new Map([...values].map(([name, words]) => [name, [...words]]));
}

function bash(bin: string, commands: readonly CompletedCommand[]): string {
  const cases = [...continuations(commands)].map(([before, words]) => `    "${before}") words="${words.join(" ")}" ;;`);
  const values = [...flagValues(commands)].map(([name, words]) => `    --${name}) words="${words.join(" ")}" ;;`);
  return `_${bin}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" said="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    said="\${said:+$said }$word"
  done
  case "$previous" in
${values.join("\n")}
  esac
  # What stands between a command and its flags is an argument: the longest command that fits is meant.
  while [ -z "$words" ]; do
    case "$said" in
${cases.map((line) => `  ${line}`).join("\n")}
    esac
    case "$said" in *" "*) said="\${said% *}" ;; *) break ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${bin} ${bin}`;
}

/** zsh completes by bash's rules, which it reads. */
function zsh(bin: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${bin}
autoload -U +X bashcompinit && bashcompinit
${bash(bin, commands)}`;
}

function fish(bin: string, commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ words, description, flags }) => {
    const [last = "", before] = [words.at(-1), words.slice(0, -1)];
    const isNext =
      before.length === 0
        ? "__fish_use_subcommand"
        : `__fish_seen_subcommand_from ${before.join(" ")}; and not __fish_seen_subcommand_from ${last}`;
    const isSaid = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    return [
      `complete -c ${bin} -f -n '${isNext}' -a '${last}' -d '${quoted(description)}'`,
      ...flags.map(({ name, char, description: text, options }) => {
        const values = options.length === 0 ? "" : ` -x -a '${options.join(" ")}'`;
        return `complete -c ${bin} -n '${isSaid}' -l ${name}${char === undefined ? "" : ` -s ${char}`}${values} -d '${quoted(text)}'`;
      }),
    ];
  });
  return lines.join("\n");
}

function quoted(text: string): string {
  return text.replace(/[\\']/g, "\\$&");
}
