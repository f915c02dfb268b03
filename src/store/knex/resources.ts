import type { Store, UsedResources } from "../../engine/ports.js";
import type { Database } from "./database.js";

type Part = Pick<Store, "addResources" | "resources">;

interface Row {
  readonly run: string;
  readonly cpu_us: number;
  readonly peak_rss: number;
  readonly loop_delay_us: number;
  readonly is_shared: number;
}

export function resources(database: Database): Part {
  return {
    async addResources(used) {
      await database.write(async (queries) => {
        for (const { run, cpuMs, peakRssBytes, loopDelayMs, isShared } of used) {
          const values = [Math.round(cpuMs * 1_000), peakRssBytes, Math.round(loopDelayMs * 1_000), Number(isShared)];
          await queries.raw(
            `INSERT INTO resources (run_no, cpu_us, peak_rss, loop_delay_us, is_shared)
              SELECT run_no, ?, ?, ?, ? FROM runs WHERE id = ?
              ON CONFLICT (run_no) DO UPDATE SET cpu_us = resources.cpu_us + excluded.cpu_us,
                ${["peak_rss", "loop_delay_us", "is_shared"].map(greater).join(", ")}`,
            [...values, run],
          );
        }
      });
    },
    async resources({ run, workflow, since }) {
      const rows: Row[] = await database.read((queries) => {
        const query = queries.table("resources").join("runs", "runs.run_no", "resources.run_no");
        if (run !== undefined) query.where("runs.id", run);
        if (workflow !== undefined) query.where("runs.workflow", workflow);
        if (since !== undefined) query.where("runs.created_at", ">=", since);
        return query.select("runs.id as run", "cpu_us", "peak_rss", "loop_delay_us", "is_shared");
      });
      return rows.map(usedOf);
    },
  };
}

/** Every database says it so; they name the function for it differently. */
function greater(column: string): string {
  const [more, known] = [`excluded.${column}`, `resources.${column}`];
  return `${column} = CASE WHEN ${more} > ${known} THEN ${more} ELSE ${known} END`;
}

function usedOf({ run, cpu_us, peak_rss, loop_delay_us, is_shared }: Row): UsedResources {
  return {
    run,
    cpuMs: cpu_us / 1_000,
    peakRssBytes: peak_rss,
    loopDelayMs: loop_delay_us / 1_000,
    isShared: is_shared === 1,
  };
}
