import fs from "node:fs";

/** Changes that come together, such as an editor's save, count as one: milliseconds. */
const PAUSE_MS = 150;
const WANTED = /\.(ya?ml|json|csv|md|ndjson|ts|m?js)$/;
const IGNORED = /(^|[\\/])(node_modules|\.git|\.stagecraft|dist)([\\/]|$)/;

/** Calls back after files below the folders change, one call at a time. Never resolves. */
export function whenFilesChange(folders: readonly string[], changed: () => Promise<void>): Promise<never> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  for (const folder of folders) {
    fs.watch(folder, { recursive: true }, (_, name) => {
      if (name === null || !WANTED.test(name) || IGNORED.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        running = running.then(changed);
      }, PAUSE_MS);
    });
  }
  return new Promise(() => {});
}
