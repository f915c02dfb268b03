import type { Json, StageContext, Usage } from "stagecraft/plugin";

/** The stage's context with another signal, or another identity for a part of its work. */
export function narrow(context: StageContext, change: { signal?: AbortSignal; part?: string }): StageContext {
  const { part } = change;
  return {
    now: context.now,
    run: context.run,
    runStartedAt: context.runStartedAt,
    agents: context.agents,
    rulesets: context.rulesets,
    signal: change.signal ?? context.signal,
    attempt: context.attempt,
    // Two tool calls of one stage are two requests to the other side.
    idempotencyKey: part === undefined ? context.idempotencyKey : `${context.idempotencyKey}/${part}`,
    log: context.log,
    ...(context.provider === undefined ? {} : { provider: context.provider }),
    record: <T extends Json>(key: string, step: () => Promise<{ value: T; usage?: Usage }>, estimate?: Usage) =>
      context.record(part === undefined ? key : `${part}/${key}`, step, estimate),
    atHost: (url, request) => context.atHost(url, request),
    takeTokens: (key, rates) => context.takeTokens(part === undefined ? key : `${part}/${key}`, rates),
    settleTokens: (key, rates) => context.settleTokens(part === undefined ? key : `${part}/${key}`, rates),
    emit: (name, data, atLeast) => context.emit(name, data, atLeast),
    file: (path) => context.file(path),
    progress: (message) => context.progress(message),
    agreedPrice: (provider, model) => context.agreedPrice(provider, model),
    agentProvider: (name) => context.agentProvider(name),
    tool: (name) => context.tool(name),
    notifier: (name) => context.notifier(name),
    hasEnv: (name) => context.hasEnv(name),
    env: (name) => context.env(name),
  };
}
