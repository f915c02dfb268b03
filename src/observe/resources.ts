import type { UsedResources } from "../engine/ports.js";

/** How often the event loop is looked at: milliseconds. What holds it up shows as so much less, at worst. */
const LOOK_MS = 20;

/**
 * Shares out what this process uses among the runs that it drives. A time begins when one is driven or heard and ends when
 * it is taken; its processor time goes to the runs of it by the number of their events, and its memory and its longest
 * delay are those of each of them. Programs that a stage starts are not counted.
 */
export class ResourceMeter {
  readonly #events = new Map<string, number>();
  readonly #driven = new Set<string>();
  #spent = process.cpuUsage();
  #rss = 0;
  #looking: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #late = 0;

  get isIdle(): boolean {
    return this.#events.size === 0 && this.#driven.size === 0;
  }

  driving(run: string): void {
    if (this.isIdle) this.#begin();
    this.#driven.add(run);
  }

  /** It ended, or waits. */
  rested(run: string): void {
    this.#driven.delete(run);
  }

  heard(run: string, events: number): void {
    if (this.isIdle) this.#begin();
    this.#events.set(run, (this.#events.get(run) ?? 0) + events);
  }

  /** Ends the time; another begins at once where a run is still driven. */
  take(): readonly UsedResources[] {
    if (this.isIdle) return [];
    const { user, system } = process.cpuUsage(this.#spent);
    const cpuMs = (user + system) / 1_000;
    const peakRssBytes = Math.max(this.#rss, process.memoryUsage.rss());
    // Whoever takes may come before the look that is overdue.
    this.#look();
    clearInterval(this.#looking);
    const loopDelayMs = this.#late;
    // One that is under way and silent counts as one that said one thing.
    const parts = new Map([...[...this.#driven].map((run) => [run, 1] as const), ...this.#events]);
    const all = [...parts.values()].reduce((sum, part) => sum + part, 0);
    const isShared = parts.size > 1;
    const used = [...parts].map(([run, part]) => ({
      run,
      cpuMs: (cpuMs * part) / all,
      peakRssBytes,
      loopDelayMs,
      isShared,
    }));
    this.#events.clear();
    if (!this.isIdle) this.#begin();
    return used;
  }

  #begin(): void {
    this.#spent = process.cpuUsage();
    this.#rss = process.memoryUsage.rss();
    this.#late = 0;
    this.#lookedAt = performance.now();
    this.#looking = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Node's own histogram sees nothing before its second look, and many runs are over by then. */
  #look(): void {
    const now = performance.now();
    this.#late = Math.max(this.#late, now - this.#lookedAt - LOOK_MS);
    this.#lookedAt = now;
  }
}
