import { spread } from "../harness.mjs";

const PLACES = { sqlite: "SQLite", postgres: "PostgreSQL", restate: "Restate over PostgreSQL" };

/** Markdown of what was measured: medians of the rounds. */
export function report({ surroundings, date, limits, results }) {
  const { node, system, cpu, memoryGiB } = surroundings;
  const loads = spread(results.map(({ load }) => load));
  const rounds = Math.max(...results.map(({ round }) => round));
  const head = `${date}: Node ${node}, ${system}, ${cpu}, ${memoryGiB} GiB, shared with other work (load ${loads.low.toFixed(0)} to ${loads.high.toFixed(0)}). Medians of ${rounds} rounds; effects wait ${limits.WAIT_MS} ms, a worker has ${limits.AT_ONCE} under way.`;
  const groups = Map.groupBy ? Map.groupBy(results, keyOf) : groupBy(results);
  return [head, work([...groups.values()]), storage([...groups.values()]), waiting([...groups.values()])].join("\n\n");
}

const keyOf = ({ place, workers }) => `${place}/${workers}`;

function groupBy(results) {
  const groups = new Map();
  for (const result of results) groups.set(keyOf(result), [...(groups.get(keyOf(result)) ?? []), result]);
  return groups;
}

const median = (values) => spread(values).median;
const nameOf = ([{ place, workers }]) => `${PLACES[place]}, ${workers === 1 ? "one worker" : "two workers"}`;

function work(groups) {
  const rateOf = (group) => median(group.map(({ stages, seconds }) => stages / seconds));
  const lines = groups.map((group) => {
    const one = groups.find(([{ place, workers }]) => place === group[0].place && workers === 1);
    const rate = rateOf(group);
    const runs = median(group.map((result) => result.runs / result.seconds));
    const ratio = one === group ? "" : `${(rate / rateOf(one)).toFixed(2)}`;
    const cpu = Object.keys(group[0].cpu).map(
      (who) => `${who} ${median(group.map((result) => result.cpu[who])).toFixed(2)}`,
    );
    const connections = Math.max(...group.map((result) => result.connections));
    return `| ${nameOf(group)} | ${runs.toFixed(2)} | ${rate.toFixed(0)} | ${ratio} | ${cpu.join(", ")} | ${connections} |`;
  });
  return [
    "| | runs of 100 stages/s | stages/s | ÷ one worker | CPU ms a stage | connections of a worker |",
    "| --- | ---: | ---: | ---: | --- | ---: |",
    ...lines,
  ].join("\n");
}

function storage(groups) {
  const lines = groups
    .filter(([{ workers }]) => workers === 1)
    .map((group) => {
      const bytes = Object.keys(group[0].bytes).map(
        (who) => `${who} ${median(group.map((result) => result.bytes[who])).toFixed(0)}`,
      );
      return `| ${PLACES[group[0].place]} | ${bytes.join(", ")} |`;
    });
  return ["| | bytes a stage |", "| --- | --- |", ...lines].join("\n");
}

function waiting(groups) {
  const lines = groups
    .filter(([first]) => first.waiting !== undefined)
    .map((group) => {
      const of = (kind, digits) =>
        Object.keys(group[0].waiting[kind])
          .map((who) => `${who} ${median(group.map(({ waiting: cost }) => cost[kind][who])).toFixed(digits)}`)
          .join(", ");
      return `| ${PLACES[group[0].place]} | ${of("memory", 1)} | ${of("bytes", 0)} |`;
    });
  return ["| | KiB of memory a waiting run | bytes a waiting run |", "| --- | --- | --- |", ...lines].join("\n");
}
