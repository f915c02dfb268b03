import type { WorkflowCoverage } from "../../app.js";
import type { Paint } from "./style.js";
import { table } from "./table.js";

/** A row for each kind of thing, and below it what no case reaches. */
export function coverageText(coverage: readonly WorkflowCoverage[], paint: Paint): string {
  const rows = coverage.flatMap(({ workflow, kinds, percent }) => [
    ...kinds
      .filter(({ total }) => total > 0)
      .map(({ kind, covered, total, missing }) => ({
        workflow,
        what: kind as string,
        covered: `${covered}/${total}`,
        percent: (covered / total) * 100,
        missing: missing.join(", "),
      })),
    { workflow, what: "all", covered: "", percent, missing: "" },
  ]);
  return table(
    rows,
    [
      { title: "WORKFLOW", cell: ({ workflow }) => workflow },
      { title: "WHAT", cell: ({ what }) => what },
      { title: "COVERED", cell: ({ covered }) => covered, align: "right" },
      {
        title: "%",
        cell: ({ percent }) => paint(percent === 100 ? "green" : "yellow", percentText(percent)),
        align: "right",
      },
      { title: "MISSING", cell: ({ missing }) => missing },
    ],
    (head) => paint("bold", head),
  );
}

/** Never rounded up to 100. */
function percentText(percent: number): string {
  return (Math.floor(percent * 10) / 10).toFixed(percent === 100 ? 0 : 1);
}
