import type { Knex } from "knex";

/** Undefined: none came about, and who waited may try to make one. */
type Take = (connection: unknown) => void;

/**
 * The connections that write. They are kept between uses: handing one back to Knex's pool and asking for it again takes
 * longer than a commit takes to be written down. Who finds none free waits, and is served in the order of asking.
 */
export class Connections {
  readonly #knex: Knex;
  readonly #most: number;
  readonly #free: unknown[] = [];
  readonly #waiting: Take[] = [];
  #open = 0;
  #isClosed = false;

  constructor(knex: Knex, most: number) {
    this.#knex = knex;
    this.#most = most;
  }

  async use<T>(work: (connection: unknown) => Promise<T>): Promise<T> {
    const connection = this.#usable() ?? (await this.#get());
    try {
      return await work(connection);
    } finally {
      const next = this.#waiting.shift();
      if (next !== undefined) next(connection);
      else if (this.#isClosed) this.#drop(connection);
      else this.#free.push(connection);
    }
  }

  /** The last ones go when they are given back. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#free.splice(0)) this.#drop(connection);
  }

  /** A free one that has not been cut off meanwhile. */
  #usable(): unknown {
    for (;;) {
      const connection = this.#free.pop();
      if (connection === undefined || isAlive(connection)) return connection;
      this.#drop(connection);
    }
  }

  async #get(): Promise<unknown> {
    while (this.#open >= this.#most) {
      const given = await new Promise<unknown>((take) => this.#waiting.push(take));
      if (given === undefined) continue;
      if (isAlive(given)) return given;
      this.#drop(given);
    }
    this.#open += 1;
    try {
      return await this.#knex.client.acquireConnection();
    } catch (error) {
      this.#open -= 1;
      this.#waiting.shift()?.(undefined);
      throw error;
    }
  }

  /** Knex closes what is given back to it once it finds it cut off, or closes itself. */
  #drop(connection: unknown): void {
    this.#open -= 1;
    void this.#knex.client.releaseConnection(connection);
  }
}

/** Knex marks a connection that was cut off. */
function isAlive(connection: unknown): boolean {
  return (connection as { readonly __knex__disposed?: unknown }).__knex__disposed === undefined;
}
