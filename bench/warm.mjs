import { benchOf, PLACES, stages } from "./contestants.mjs";
import { DURABLE, IN_MEMORY, MEMORY_FLOOR, OURS } from "./engine.mjs";

/** The same work in processes that have been at it for a while, as a worker has: what V8 had to compile is compiled. */
export function make() {
  const small = ([workload]) => !workload.includes("10000");
  return [
    ...IN_MEMORY.filter(small).map(([workload, title]) =>
      warmBench("memory", workload, `in memory: ${title}`, [MEMORY_FLOOR, "floor:memory"], "ours:memory"),
    ),
    ...Object.entries(PLACES).flatMap(([driver, { title, ours }]) =>
      DURABLE.filter(small).map(([workload, what, floor]) =>
        warmBench(driver, workload, `${title}: ${what}`, [`floor, ${floor}`, `floor:${floor}:${driver}`], ours),
      ),
    ),
  ];
}

function warmBench(place, workload, title, [floor, floorIs], ours) {
  return benchOf({ id: `warm-${place}/${workload}`, name: `warm, ${title}` }, async () => ({
    about: "Each process does the same work fifteen times; the median of the last eleven counts.",
    floor: await stages(floor, floorIs, workload, "warm"),
    ours: [stages(OURS, ours, workload, "warm")],
    rounds: 3,
  }));
}
