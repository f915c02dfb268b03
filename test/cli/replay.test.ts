import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const plugin = (rate: string) => `
export default {
  name: "shop", version: "1.0.0", apiVersion: 1,
  stages: [{
    name: "shop/tax", kind: "pure", title: "Tax", description: "Adds it.",
    input: { type: "object", additionalProperties: false, required: ["net"], properties: { net: { type: "number" } } },
    output: { type: "object", required: ["gross"], properties: { gross: { type: "number" } } },
    run: ({ net }) => ({ outputs: { gross: net * ${rate} } }),
  }],
};
`;

const definition = `
apiVersion: stagecraft/v1
id: order
version: "1.0.0"
secrets: [SHOP_TOKEN]
inputs: { prices: { type: array, items: { type: number }, default: [10, 20] } }
state: { total: { type: number, default: 0 } }
stages:
  each:
    uses: shop/tax
    forEach: { items: "\${{ inputs.prices }}", as: price }
    with: { net: "\${{ price }}" }
  sum:
    needs: [each]
    uses: transform
    with: { values: { sum: "\${{ stages.each.outputs.results.map(r, r.?outputs.gross.orValue(0)) }}", by: "\${{ secrets.SHOP_TOKEN }}" } }
  grow:
    needs: [sum]
    uses: transform
    repeat: { until: "\${{ result.n >= 2 }}", maxIterations: 5 }
    with: { values: { n: "\${{ repeat.index }}" } }
  block:
    needs: [grow]
    uses: group
    stages:
      tell: { uses: notify, with: { via: console, message: hello } }
  never: { if: "\${{ size(inputs.prices) > 9 }}", uses: transform, with: { values: { a: 1 } } }
  ask: { needs: [block], uses: approval, with: { title: Fine?, approvers: [clerk] } }
  done: { needs: [ask.approved], uses: transform, with: { values: { ok: true } } }
  refused: { needs: [ask.rejected], uses: transform, with: { values: { ok: false } } }
finally:
  tidy: { uses: notify, with: { via: console, message: bye } }
outputs: { sum: "\${{ stages.sum.outputs.sum }}" }
`;

const env = { SHOP_TOKEN: "tok-1234567" };

describe("a replay", () => {
  it("finds no drift where nothing changed, and names stage and field where a pure step is another one", async () => {
    const project = createProject({ "definitions/order.workflow.yaml": definition, "plugins/shop.mjs": plugin("2") });
    const waiting = await project.json(["run", "order"], { env });
    expect(waiting.document.error).toBeUndefined();
    const [approval] = waiting.document.approvals;
    await project.json(["approve", approval.id, "--as", "clerk"], { env });

    const same = await project.json(["replay", "--last"]);
    expect(same.document).toMatchObject({ drifts: [] });
    expect(same.code).toBe(0);
    // Each of: two items, the list, the sum, three iterations, the loop, the group, the skip, the wait, both ends.
    expect(same.document.repeated).toBeGreaterThan(18);

    project.write("plugins/shop.mjs", plugin("3"));
    const other = await project.json(["replay", "--last"]);
    expect(other.code).toBe(1);
    const [drift] = other.document.drifts;
    expect(other.document.drifts.map(({ stage }: { stage: string }) => stage)).toEqual(["each[0]", "each[1]"]);
    expect(drift.differences).toEqual([{ path: ["outputs", "gross"], before: 20, after: 30 }]);

    const text = await project.run(["replay", "--last"]);
    expect(text.stdout).toMatch(/each\[0\] +outputs\.gross +20 +30/);
    expect(text.stderr).toContain("2 events drifted");
  }, 120_000);
});
