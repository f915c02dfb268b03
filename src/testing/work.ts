import type { VirtualClock } from "../engine/virtual-clock.js";

/** Keeps count of what goes on, so that virtual time moves only when nothing else can happen. */
export interface Work {
  /** Counts real work until it is done. */
  during<T>(promise: Promise<T>): Promise<T>;
  /** Something happened that more may follow from. */
  happened(): void;
  /** Resolves when nothing more can happen without time passing, or `isOver`. */
  settled(isOver: () => boolean): Promise<void>;
}

/** Turns of the event loop without any sign of life: a commit, an alarm, an end of real work. */
const CALM_TURNS = 4;
/** How often to see whether all is over while real work goes on: milliseconds. */
const LOOK_MS = 50;

export function createWork(clock: VirtualClock): Work {
  let busy = 0;
  let signs = 0;
  let wake: (() => void) | undefined;
  return {
    async during(promise) {
      busy += 1;
      try {
        return await promise;
      } finally {
        busy -= 1;
        signs += 1;
        wake?.();
      }
    },
    happened() {
      signs += 1;
    },
    async settled(isOver) {
      let seen = -1;
      for (let calm = 0; calm < CALM_TURNS && !isOver(); ) {
        if (busy > 0) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, LOOK_MS);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        await new Promise(setImmediate);
        const now = signs + clock.changes;
        calm = now === seen && busy === 0 ? calm + 1 : 0;
        seen = now;
      }
    },
  };
}
