import type { Knex } from "knex";
import { bug } from "../../core/errors.js";
import { Connections } from "./connections.js";
import type { Dialect } from "./dialect.js";
import type { Bindings, Queries } from "./queries.js";

export type { Bindings, Queries };

/** Everything thrown by its methods is a fault of the store, or what `work` threw of its own. */
export interface Database {
  readonly dialect: Dialect;
  open(prepare: (database: Database) => Promise<void>): Promise<void>;
  close(): Promise<void>;
  /** Each query sees what is committed when it starts. Short: an open read keeps the log from shrinking. */
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** One transaction; what `work` throws undoes it. */
  write<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** One statement that is its own transaction. */
  statement<Row>(sql: string, bindings: Bindings): Promise<Row[]>;
  /** The same without rows, compiled once a connection: for the few texts of the hot path. */
  run(sql: string, bindings: Bindings): Promise<void>;
}

export function database(dialect: Dialect): Database {
  let pools: (Awaited<ReturnType<Dialect["connect"]>> & { readonly writers: Connections }) | undefined;
  const connected = () => {
    if (!pools) throw bug("the store is not open");
    return pools;
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await dialect.fault(error);
    }
  };
  const self: Database = {
    dialect,
    async open(prepare) {
      if (pools) return;
      await guarded(async () => {
        const made = await dialect.connect();
        pools = { ...made, writers: new Connections(made.writer, made.most) };
        await prepare(self);
      }).catch(async (error: unknown) => {
        await self.close();
        throw error;
      });
    },
    async close() {
      const open = pools;
      pools = undefined;
      // The writer last: it folds the log back into the file.
      open?.writers.close();
      await open?.reader.destroy();
      await open?.writer.destroy();
    },
    read: (work) => guarded(() => dialect.patiently(() => work(queriesOf(connected().reader, dialect)), true)),
    write: (work) =>
      guarded(async () => {
        const { writer, writers } = connected();
        const result = await dialect.whole(() =>
          writers.use((connection) => transaction(writer, connection, dialect, work)),
        );
        await dialect.written();
        return result;
      }),
    statement: <Row>(sql: string, bindings: Bindings) =>
      guarded(async () => {
        const { writer, writers } = connected();
        const result: unknown = await dialect.patiently(() =>
          writers.use(async (connection) => writer.raw(sql, bindings).connection(connection)),
        );
        await dialect.written();
        return dialect.rows(result) as Row[];
      }),
    // The hot path: not a promise more than it needs.
    async run(sql, bindings) {
      const { writers } = connected();
      try {
        await dialect.patiently(() => writers.use((connection) => dialect.run(connection, sql, bindings)));
        await dialect.written();
      } catch (error) {
        throw await dialect.fault(error);
      }
    },
  };
  return self;
}

function queriesOf(knex: Knex, dialect: Dialect, connection?: unknown): Queries {
  return {
    table: (name) => (connection === undefined ? knex(name) : knex(name).connection(connection)),
    async raw<Row>(sql: string, bindings: Bindings = []) {
      const query = knex.raw(sql, bindings);
      return dialect.rows(await (connection === undefined ? query : query.connection(connection))) as Row[];
    },
    run: (sql, bindings) => dialect.run(connection, sql, bindings),
    alone: async (table) => void (await knex.raw(dialect.alone(table)).connection(connection)),
  };
}

/** Knex's own transactions begin as readers, and a reader that turns writer beside another one fails at once. */
async function transaction<T>(
  knex: Knex,
  connection: unknown,
  dialect: Dialect,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  const queries = queriesOf(knex, dialect, connection);
  await dialect.patiently(() => queries.raw(dialect.begin));
  try {
    const result = await work(queries);
    await queries.raw("COMMIT");
    return result;
  } catch (error) {
    // A database that undid it by itself refuses this; what matters is the first error.
    await queries.raw("ROLLBACK").catch(() => {});
    throw error;
  }
}
