import { type FSWatcher, watch } from "node:fs";

/** Milliseconds: an editor that saves writes several times. */
const CALM = 60;

/**
 * Calls `changed` after files in the folders, not below them, have changed and come to rest, one call at a time, until the signal.
 * A change during a call leads to one more. What `changed` throws ends the watch.
 */
export function watchFolders(
  folders: readonly string[],
  isWanted: (file: string) => boolean,
  changed: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let isBusy = false;
    let isStale = false;
    const watchers: FSWatcher[] = [];
    const stop = (settle: () => void) => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      settle();
    };
    const check = async () => {
      if (isBusy) {
        isStale = true;
        return;
      }
      isBusy = true;
      try {
        await changed();
      } catch (error) {
        stop(() => reject(error));
        return;
      }
      isBusy = false;
      if (!isStale) return;
      isStale = false;
      await check();
    };
    for (const folder of folders) {
      const watcher = watch(folder, (_, file) => {
        if (file !== null && !isWanted(file)) return;
        clearTimeout(timer);
        timer = setTimeout(check, CALM);
      });
      watcher.on("error", (error) => stop(() => reject(error)));
      watchers.push(watcher);
    }
    if (signal.aborted) stop(resolve);
    else signal.addEventListener("abort", () => stop(resolve), { once: true });
  });
}
