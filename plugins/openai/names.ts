/** OpenAI allows letters, digits, `_` and `-` in a tool's name; ours have dots and slashes. */
export interface ToolNames {
  readonly sent: (name: string) => string;
  readonly own: (sent: string) => string;
}

export function toolNames(names: readonly string[]): ToolNames {
  const toSent = new Map<string, string>();
  const toOwn = new Map<string, string>();
  for (const name of names) {
    const plain = name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 60);
    let sent = plain;
    for (let n = 2; toOwn.has(sent); n += 1) sent = `${plain}_${n}`;
    toSent.set(name, sent);
    toOwn.set(sent, name);
  }
  return {
    // A name from an earlier turn may be one the model made up.
    sent: (name) => toSent.get(name) ?? (name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 60) || "unknown"),
    own: (sent) => toOwn.get(sent) ?? sent,
  };
}
