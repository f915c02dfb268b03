import type { Plan } from "../../src/core/plan.js";
import { plan, type StageSpec } from "./plan.js";

/** Stages of every kind there is a short form for, and of kinds that there is none for, in 1,200. */
export function manyStages(): Plan {
  const specs: Record<string, StageSpec> = { s0: {}, s1: { with: { id: 1 } } };
  const kinds: readonly ((at: number) => StageSpec)[] = [
    (at) => ({ needs: [`s${at - 1}`], with: { id: `s${at}`, of: [at] } }),
    (at) => ({ needs: [`s${at - 1}.failed`, `s${at - 2}`], with: {} }),
    (at) => ({ needs: [{ anyOf: [`s${at - 1}`, `s${at - 2}.done`], rest: "cancel" }], onError: [{ do: "skip" }] }),
    (at) => ({ needs: [{ settled: [`s${at - 1}.cancelled`, "s0"] }], stages: "x -> y" }),
    (at) => ({ with: { text: "${{ inputs.text }}" }, title: `The ${at}th`, timeout: 1_000 }),
  ];
  for (let at = 2; at < 1_200; at++) specs[`s${at}`] = (kinds[at % kinds.length] as (at: number) => StageSpec)(at);
  return plan("", specs, { title: "Many" });
}
