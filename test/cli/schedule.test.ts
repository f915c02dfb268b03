import { expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const REPORT = `apiVersion: stagecraft/v1
id: report
version: "1.0.0"
inputs: { about: { type: string } }
triggers:
  - { id: nightly, cron: "0 3 * * *", timezone: Europe/Berlin, inputs: { about: "\${{ trigger.time }}" } }
  - { id: drop, file: "inbox/*.csv", inputs: { about: "\${{ trigger.name }}" } }
stages:
  tell: { uses: transform, with: { values: { about: "\${{ inputs.about }}" } } }
outputs: { about: "\${{ stages.tell.outputs.about }}" }
`;

it("lists schedules and their next times, pauses one, resumes it, and knows a misspelt one", async () => {
  const at = createProject({ "definitions/report.workflow.yaml": REPORT });
  const list = await at.run(["schedule", "ls"]);
  expect(list.stdout).toMatch(/^report\/nightly +0 3 \* \* \* Europe\/Berlin +\d{4}-/m);
  expect(list.stdout).toMatch(/^report\/drop +inbox\/\*\.csv/m);
  const { document } = await at.json(["schedule", "next", "report", "--count", "3"]);
  const times = document.times.map((time: { at: string }) => Date.parse(time.at));
  expect(times).toEqual([...times].sort());
  expect(times).toHaveLength(3);
  expect(await at.run(["schedule", "pause", "report/nightly"])).toMatchObject({ code: 0 });
  expect((await at.json(["schedule", "ls"])).document.schedules[0]).toMatchObject({
    id: "report/nightly",
    nextAt: null,
    pausedBy: expect.any(String),
  });
  expect((await at.json(["schedule", "next", "report"])).document.times).toEqual([]);
  expect((await at.run(["schedule", "resume", "report/nightly"])).stdout).toMatch(/resumed; next at \d{4}-/);
  const unknown = await at.run(["schedule", "pause", "report/nighly"]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean report/nightly?") });
});

it("has a worker start and drive a run when a file arrives", async () => {
  const at = createProject({ "definitions/report.workflow.yaml": REPORT });
  let isDropped = false;
  let isOver = false;
  const worker = await at.run(["worker", "--json"], {
    onOutput: (child, soFar) => {
      if (isDropped || !soFar.includes("driving the runs")) return;
      isDropped = true;
      at.write("inbox/a.csv", "x");
      const look = async () => {
        const { document } = await at.json(["runs", "ls", "--status", "succeeded"]);
        if (document.runs.length > 0) isOver = child.kill("SIGTERM");
        else await look();
      };
      void look();
    },
  });
  expect([isOver, worker.code]).toEqual([true, 0]);
  const { document } = await at.json(["runs", "show", "--last"]);
  expect(document.run).toMatchObject({ by: "trigger:report/drop", outputs: { about: "a.csv" } });
});
