/** The shapes that are measured, as plans: a list of 1 → n → 1, layers of a hundred, and one stage after the other. */
export function planOf(shape, size) {
  return {
    format: 1,
    called: {},
    workflow: {
      id: shape,
      version: "1.0.0",
      inputs: {},
      optional: [],
      state: {},
      secrets: [],
      agents: {},
      rulesets: {},
      graph: { stages: SHAPES[shape](size) },
      outputs: {},
      maxParallel: 64,
      failFast: false,
    },
  };
}

const SHAPES = {
  chain: (size) => range(size, (index) => stage(`s${index}`, index, index === 0 ? [] : [index - 1])),
  layered: (size) =>
    range(size, (index) => {
      const above = index - 100;
      return stage(`s${index}`, index, above < 0 ? [] : [above, above % 100 === 99 ? above - 1 : above + 1]);
    }),
  fan(size) {
    const items = range(size, (at) => at);
    const forEach = { items, as: "item", concurrency: 64, tolerate: {} };
    return [stage("first", 0, []), { ...stage("each", 1, [0]), forEach }, stage("last", 2, [1])];
  },
  waiting: () => [
    stage("first", 0, []),
    { ...stage("gate", 1, [0]), uses: "gate", kind: "wait", outcomes: ["approved"] },
  ],
};

function range(size, make) {
  return Array.from({ length: size }, (_, at) => make(at));
}

function stage(id, index, after) {
  const needs = after.map((at) => ({ mode: "all", edges: [{ stage: at, outcome: null }], count: 1, rest: "keep" }));
  const manners = { handled: [], onError: [], delivery: "atLeastOnce" };
  return { id, index, uses: "work", kind: "effect", with: {}, needs, outcomes: ["succeeded"], ...manners };
}
