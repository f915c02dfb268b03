/** `Clock.every` in real time. */
export function steadily(interval: number, tick: () => void): () => void {
  const timer = setInterval(tick, interval);
  return () => clearInterval(timer);
}
