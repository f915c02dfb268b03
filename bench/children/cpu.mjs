// Loaded with --import into a process that is measured: says at its end what it used, as `cpu <ms>` in the file named.
import fs from "node:fs";

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  fs.writeFileSync(process.env["BENCH_CPU_FILE"], String((user + system) / 1_000));
});
