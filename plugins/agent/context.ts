import { changed, type Json, type StageContext, type Usage } from "stagecraft/plugin";

/** The stage's context with another signal, or another identity for a part of its work. */
export function narrow(context: StageContext, change: { signal?: AbortSignal; part?: string }): StageContext {
  const { signal, part } = change;
  const stopped = signal === undefined ? context : changed(context, { signal });
  if (part === undefined) return stopped;
  return changed(stopped, {
    // Two tool calls of one stage are two requests to the other side.
    idempotencyKey: `${context.idempotencyKey}/${part}`,
    record: <T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>, estimate?: Usage) =>
      context.record(`${part}/${key}`, step, estimate),
    takeTokens: (key, rates) => context.takeTokens(`${part}/${key}`, rates),
    settleTokens: (key, rates) => context.settleTokens(`${part}/${key}`, rates),
  });
}
