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
export function markdown({ surroundings: where, results }) {
  const { node, system, cpu, memoryGiB, loadBefore } = where;
  const head = `Node ${node}, ${system}, ${cpu}, ${memoryGiB} GiB; load at the start ${loadBefore}.`;
  return [head, ...results.map(tableOf)].join("\n\n");
}

function tableOf({ name, about, rounds, kept, rows }) {
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
  return [
    `### ${name}`,
    "",
    `${about} Medians of ${kept} of ${rounds} rounds, quartiles in brackets.`,
    "",
    "| | wall ms | CPU ms | wall ÷ floor | CPU ÷ floor | peak MiB | goal |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

function ms({ median, low, high }) {
  return `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;
}

function ratio({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
