import os from "node:os";

/** Where and with what a result was measured. */
export function surroundings() {
  const cpus = os.cpus();
  return {
    node: process.versions.node,
    system: `${os.type()} ${os.arch()}`,
    cpu: `${cpus.length} × ${cpus[0]?.model.trim() ?? "unknown"}`,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    loadBefore: Number(os.loadavg()[0].toFixed(1)),
  };
}

/** Results as Markdown: one table a bench. */
export function markdown(results) {
  return results.map((result) => (result.counts === undefined ? tableOf(result) : countsOf(result))).join("\n\n");
}

/** In a line. */
export function told({ node, system, cpu, memoryGiB, loadBefore, commit }) {
  const load = loadBefore === undefined ? "" : `; load at the start ${loadBefore}`;
  return `Node ${node}, ${system}, ${cpu}, ${memoryGiB} GiB${load}; commit ${commit}.`;
}

function tableOf({ name, about, takes, rounds, kept, rows, failed, where }) {
  const lines = rows.map(({ name: who, wall, cpu, rss, wallRatio, cpuRatio, goal }) =>
    [
      who,
      ms(wall),
      cpu ? ms(cpu) : "",
      ratio(wallRatio),
      cpuRatio ? ratio(cpuRatio) : "",
      rss ? rss.median.toFixed(0) : "",
      goal ? `${goal}×` : "",
    ].join(" | "),
  );
  const each = takes === 1 ? "" : `, each the median of ${takes} takes`;
  return [
    `### ${name}`,
    "",
    `${about} Medians of ${kept} of ${rounds} rounds${each}, quartiles in brackets. ${told(where)}`,
    ...(failed.length === 0 ? [] : ["", `Failed at it: ${failed.join(", ")}.`]),
    "",
    "| | wall ms | CPU ms | wall ÷ floor | CPU ÷ floor | peak MiB | goal |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

function countsOf({ name, about, counts, where }) {
  const lines = counts.map(({ name: who, syncs }) => `| ${who} | ${syncs.toFixed(2)} |`);
  return [`### ${name}`, "", `${about} ${told(where)}`, "", "| | syncs |", "| --- | ---: |", ...lines].join("\n");
}

function ms({ median, low, high }) {
  return `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;
}

function ratio({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
