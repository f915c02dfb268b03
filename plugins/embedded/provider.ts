import type { AgentProvider } from "stagecraft/plugin";

export const embeddedProvider: AgentProvider = {
  name: "embedded",
  title: "Embedded extractor (deterministic, not a language model)",
  price: () => ({ input: 0, output: 0 }),
  async complete(request, context) {
    context.signal.throwIfAborted();
    context.log.debug("answered by the embedded extractor, which is not a language model", { agent: request.agent });
    const { answer } = await import("./answer.js");
    return answer(request);
  },
};
