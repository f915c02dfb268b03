import { expect, it } from "vitest";
import { planOf, planText } from "../../src/store/plan-text.js";
import { manyStages } from "../support/many-stages.js";
import { plan } from "../support/plan.js";

it("keeps a plan of very many stages short, and one of few as it is", () => {
  const chain = Array.from({ length: 2_000 }, (_, at) => `s${at}`).join(" -> ");
  const long = plan(chain);
  expect(planText(long).length * 8).toBeLessThan(JSON.stringify(long).length);
  expect(planOf(planText(long))).toEqual(long);
  const few = plan("a -> b");
  expect(planText(few)).toBe(JSON.stringify(few));
});

it("reads what was kept as it is, however many stages there are", () => {
  const many = manyStages();
  expect(planOf(JSON.stringify(many))).toEqual(many);
});
