import { benchOf, PLACES, stages } from "./contestants.mjs";
import { floorOf, MEMORY_FLOOR, OURS } from "./engine.mjs";
import { COMMON, TITLES } from "./workloads.mjs";

/** The same work in processes that have been at it for a while, as a worker has: what V8 had to compile is compiled. */
export function make() {
  const memory = { title: "in memory", ours: "ours:memory", floor: () => [MEMORY_FLOOR, "floor:memory"] };
  const durable = Object.entries(PLACES).map(([driver, { title, ours }]) => {
    const floor = (workload) => [`floor, ${floorOf(workload)}`, `floor:${floorOf(workload)}:${driver}`];
    return [driver, { title, ours, floor }];
  });
  return [["memory", memory], ...durable].flatMap(([place, { title, floor, ours }]) =>
    COMMON.map((workload) => warmBench(place, workload, `${title}: ${TITLES[workload]}`, floor(workload), ours)),
  );
}

function warmBench(place, workload, title, [floor, floorIs], ours) {
  return benchOf({ id: `warm-${place}/${workload}`, name: `warm, ${title}` }, async () => ({
    about: "Each process does the same work fifteen times; the median of the last eleven counts.",
    floor: await stages(floor, floorIs, workload, "warm"),
    ours: [stages(OURS, ours, workload, "warm")],
    rounds: 3,
  }));
}
