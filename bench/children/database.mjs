import pg from "pg";

/** A database of its own on the server that `BENCH_POSTGRES` names. */
export async function freshDatabase() {
  const server = process.env["BENCH_POSTGRES"];
  const name = `bench_${process.pid}_${Date.now()}`;
  const said = async (sql) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await said(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => said(`DROP DATABASE ${name} WITH (FORCE)`) };
}
