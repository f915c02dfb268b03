/** What every contestant's stages do: prove that they ran once and after what they need, and give a hundred bytes. */
export function tracker() {
  /** @type {Map<string, Set<string>>} */
  const done = new Map();
  let needs = new Map();
  return {
    expect(tasks) {
      needs = new Map(tasks.map(({ id, needs: before }) => [id, before]));
      done.clear();
    },
    stage(run, id) {
      let ids = done.get(run);
      if (ids === undefined) {
        ids = new Set();
        done.set(run, ids);
      }
      if (ids.has(id)) throw new Error(`${id} of ${run} ran twice`);
      for (const before of needs.get(id)) if (!ids.has(before)) throw new Error(`${id} of ${run} ran before ${before}`);
      ids.add(id);
      return { id, value: "x".repeat(80) };
    },
    /** @throws Error when a stage is missing */
    check(runs) {
      const counts = [...done.values()].map((ids) => ids.size);
      if (counts.length === runs && counts.every((count) => count === needs.size)) return;
      throw new Error(`of ${runs} runs of ${needs.size} stages these ran: ${counts.join(", ")}`);
    },
  };
}
