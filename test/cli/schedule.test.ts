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

const SHIP = `apiVersion: stagecraft/v1
id: ship
version: "1.0.0"
inputs: { order: { type: string } }
triggers:
  - { id: placed, event: orderPlaced, overlap: queue, inputs: { order: "\${{ trigger.data.order }}" } }
  - { id: paid, webhook: { secret: SHOP_SECRET }, inputs: { order: "\${{ trigger.body.order }}" } }
  - { id: open, webhook: { unsigned: true }, inputs: { order: "\${{ trigger.body.order }}" } }
stages:
  tell: { uses: transform, with: { values: { order: "\${{ inputs.order }}" } } }
outputs: { order: "\${{ stages.tell.outputs.order }}" }
`;

it("lists what requests and events start, and has a worker start a run of an event that was said meanwhile", async () => {
  const at = createProject({ "definitions/ship.workflow.yaml": SHIP });
  const { stdout } = await at.run(["triggers", "ls"]);
  expect(stdout).toMatch(/^ship\/placed +event orderPlaced/m);
  expect(stdout).toMatch(/^ship\/paid +POST \/api\/v1\/hooks\/ship\/paid *$/m);
  expect(stdout).toMatch(/^ship\/open +POST \/api\/v1\/hooks\/ship\/open \(unsigned\)/m);
  let isSaid = false;
  let isOver = false;
  const worker = await at.run(["worker", "--json"], {
    onOutput: (child, soFar) => {
      if (isSaid || !soFar.includes("driving the runs")) return;
      isSaid = true;
      const look = async () => {
        const { document } = await at.json(["runs", "ls", "--status", "succeeded"]);
        if (document.runs.length > 0) isOver = child.kill("SIGTERM");
        else await look();
      };
      const meet = async () => {
        const { document } = await at.json(["schedule", "ls"]);
        if (document.schedules[0].met) return;
        await meet();
      };
      const say = async () => {
        await meet();
        const said = await at.run(["emit", "orderPlaced", "-d", "order=A-17", "--id", "one"]);
        expect(said).toMatchObject({ code: 0, stdout: "orderPlaced said: no run waited for it\n" });
        expect((await at.json(["emit", "orderPlaced", "-d", "order=A-17", "--id", "one"])).document).toMatchObject({
          event: "orderPlaced",
          id: "one",
          delivered: 0,
        });
        await look();
      };
      void say();
    },
  });
  expect([isOver, worker.code]).toEqual([true, 0]);
  const { document } = await at.json(["runs", "ls"]);
  expect(document.runs).toMatchObject([{ by: "trigger:ship/placed", outputs: { order: "A-17" } }]);
});
