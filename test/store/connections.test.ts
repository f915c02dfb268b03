import type { Knex } from "knex";
import { expect, it } from "vitest";
import { Connections } from "../../src/store/knex/connections.js";

interface Made {
  readonly no: number;
  __knex__disposed?: Error;
}

/** A pool that counts what it makes and gets back. */
function pool({ failing = 0 } = {}) {
  const counts = { made: 0, back: 0 };
  let left = failing;
  const client = {
    async acquireConnection(): Promise<Made> {
      if (left-- > 0) throw new Error("no server");
      counts.made += 1;
      return { no: counts.made };
    },
    async releaseConnection() {
      counts.back += 1;
    },
  };
  return { knex: { client } as unknown as Knex, counts };
}

it("lends one connection in the order of asking, and keeps it", async () => {
  const { knex, counts } = pool();
  const connections = new Connections(knex, 1);
  const order: number[] = [];
  const asked = [1, 2, 3].map((no) => connections.use(async () => void order.push(no)));
  await Promise.all(asked);
  expect(order).toEqual([1, 2, 3]);
  await connections.use(async () => void order.push(4));
  expect(counts).toEqual({ made: 1, back: 0 });
  connections.close();
  expect(counts.back).toBe(1);
});

it("lets the next one try where none came about, and makes another for one that was cut off", async () => {
  const { knex, counts } = pool({ failing: 1 });
  const connections = new Connections(knex, 1);
  const first = connections.use(async () => "first");
  const second = connections.use(async (connection) => (connection as Made).no);
  await expect(first).rejects.toThrow("no server");
  expect(await second).toBe(1);
  await connections.use(async (connection) => {
    (connection as Made).__knex__disposed = new Error("cut off");
  });
  expect(await connections.use(async (connection) => (connection as Made).no)).toBe(2);
  expect(counts).toEqual({ made: 2, back: 1 });
});

it("gives back what is in use once it is free, where it was closed meanwhile", async () => {
  const { knex, counts } = pool();
  const connections = new Connections(knex, 1);
  await connections.use(async () => connections.close());
  expect(counts).toEqual({ made: 1, back: 1 });
});
