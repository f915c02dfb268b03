import { expect, it } from "vitest";
import { type Pattern, runCase } from "./run.js";

const text = `apiVersion: stagecraft/v1
id: deliveries
version: "1.0.0"
stages:
  parcel:
    forEach: { items: [A, B], as: order }
    uses: group
    stages:
      pack: { uses: work }
      arrival:
        needs: [pack]
        uses: wait
        with: { event: { name: arrived, match: { order: "\${{ order }}" } }, until: "1970-01-01T00:16:50Z" }
      unpack: { needs: [arrival.event], uses: work }
      search: { needs: [arrival.until], uses: work }
`;
const deliveries: Pattern = { file: "deliveries.workflow.yaml", text, number: 0, construct: "", cases: [] };

it("ends the wait whose match agrees, deep inside, and leaves the others until their time", async () => {
  const events = [
    { at: "3s", name: "arrived", data: { order: "C" } },
    { at: "4s", name: "arrived", data: { order: "B", by: "van" } },
    { at: "5s", name: "departed", data: { order: "A" } },
  ];
  // The clock of a test starts at second 1000, so the time of the wait comes after 10 seconds.
  const { status, work, outcomes } = await runCase(deliveries, { name: "", events, work: {} });
  expect(status).toBe("succeeded");
  expect(outcomes).toMatchObject({ "parcel[0]/arrival": "until", "parcel[1]/arrival": "event" });
  expect(work).toEqual({
    "parcel[0]/pack": "0-1",
    "parcel[1]/pack": "0-1",
    "parcel[1]/unpack": "4-5",
    "parcel[0]/search": "10-11",
    "parcel[0]/unpack": "omitted",
    "parcel[1]/search": "omitted",
  });
});
