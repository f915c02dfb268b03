import { benchOf, PLACES, stages } from "./contestants.mjs";
import { floorOf, MEMORY_FLOOR, OURS } from "./engine.mjs";
import { COMMON, TITLES } from "./workloads.mjs";

const ABOUT = {
  warm: "Each process does the same work fifteen times; the median of the last eleven counts.",
  command: "V8 is set as `bin/run.js` sets it for `stagecraft run`, for both sides.",
};

/** The same graphs in processes that have been at it, as a worker has, and as a command runs them. */
export function make() {
  const durable = PLACES.sqlite3;
  return Object.keys(ABOUT).flatMap((mode) =>
    COMMON.flatMap((workload) => {
      const floor = floorOf(workload);
      return [
        inMode(mode, `memory/${workload}`, "in memory", [MEMORY_FLOOR, "floor:memory"], "ours:memory"),
        inMode(mode, `sqlite3/${workload}`, durable.title, [`floor, ${floor}`, `floor:${floor}:sqlite3`], durable.ours),
      ];
    }),
  );
}

function inMode(mode, id, place, [floor, floorIs], ours) {
  const [, workload] = id.split("/");
  return benchOf({ id: `${mode}-${id}`, name: `${mode}, ${place}: ${TITLES[workload]}` }, async () => ({
    about: ABOUT[mode],
    floor: await stages(floor, floorIs, workload, mode),
    ours: [stages(OURS, ours, workload, mode)],
    rounds: 3,
  }));
}
