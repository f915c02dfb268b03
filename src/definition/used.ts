import type { StageNode } from "./model.js";

/** What expressions read, so that what nobody reads can be told. */
export interface Used {
  /** `field` undefined: the whole of it, or a field not known before the run. */
  mark(name: string, field: string | undefined): void;
  has(name: string, field: string): boolean;
  /** Something of a stage is read; `output` undefined: of its outputs all, or those not known before the run. */
  markStage(stage: StageNode, output: string | undefined): void;
  hasStage(stage: StageNode): boolean;
  hasOutput(stage: StageNode, output: string): boolean;
}

const ALL = Symbol("all outputs");

export function createUsed(): Used {
  const fields = new Set<string>();
  const whole = new Set<string>();
  const stages = new Map<StageNode, Set<string | typeof ALL>>();
  return {
    mark: (name, field) => {
      if (field === undefined) whole.add(name);
      else fields.add(`${name}.${field}`);
    },
    has: (name, field) => whole.has(name) || fields.has(`${name}.${field}`),
    markStage: (stage, output) => {
      const known = stages.get(stage) ?? new Set();
      stages.set(stage, known.add(output ?? ALL));
    },
    hasStage: (stage) => stages.has(stage),
    hasOutput: (stage, output) => stages.get(stage)?.has(ALL) === true || stages.get(stage)?.has(output) === true,
  };
}
