// Makes a clone runnable: checks Node, installs packages when the lock file or the Node ABI changed.
// Uses no package, because it runs before there are any.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, "node_modules");
const stamp = path.join(modules, ".stagecraft-setup");
const lock = path.join(root, ".setup.lock");
const MINIMUM = [20, 19];

checkNode();
const wanted = fingerprint();
if (!isReady()) {
  await takeLock();
  try {
    // Another process may have finished the same work while we waited.
    if (!isReady()) install();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  fail(
    `Stagecraft needs Node.js ${MINIMUM.join(".")} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
}

function fingerprint() {
  const lockFile = fs.readFileSync(path.join(root, "package-lock.json"));
  const machine = `${process.platform}-${process.arch}-${process.versions.modules}`;
  return createHash("sha256").update(lockFile).update(machine).digest("hex");
}

function isReady() {
  const entry = fs.lstatSync(modules, { throwIfNoEntry: false });
  // A link is somebody else's folder: installing through it would empty it.
  if (entry?.isSymbolicLink()) return true;
  return fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted;
}

async function takeLock() {
  for (let told = false; ; ) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isAlive(lockOwner())) fs.rmSync(lock, { force: true });
    else if (!told) {
      told = true;
      console.error("Another set-up is installing packages here: waiting for it.");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function lockOwner() {
  try {
    return Number(fs.readFileSync(lock, "utf8"));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  // An empty file: its writer is between creating and filling it.
  if (pid === 0) return fs.existsSync(lock) && Date.now() - fs.statSync(lock).mtimeMs < 5_000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function install() {
  // A registry that lacks binaries for other systems makes `npm ci` refuse a lock file that fits this one.
  const isExact = run(["ci", "--dry-run"], "ignore") === 0;
  const words = isExact ? ["ci"] : ["install", "--no-save"];
  const name = `npm ${words.join(" ")}`;
  console.error(
    `Installing packages (${name}). The SQLite driver may be compiled: a few minutes, the first time only.`,
  );
  const status = run([...words, "--include=dev", "--no-fund", "--no-audit"], "inherit");
  if (status !== 0) {
    fail(
      `${name} failed (exit ${status}). Its own message is above.\n` +
        "If it could not compile sqlite3: install Python 3, make and a C++ compiler, then try again.",
    );
  }
  fs.writeFileSync(stamp, wanted);
}

/** The exit code of npm. */
function run(words, output) {
  const npm = process.env.npm_execpath;
  const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(command, [...before, ...words], {
    cwd: root,
    stdio: ["ignore", output, output],
    // A package that tests use would report each installation to its maker.
    env: { ...process.env, SCARF_ANALYTICS: "false" },
    shell: !npm && process.platform === "win32",
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  return result.status ?? result.signal;
}

function fail(message) {
  console.error(message);
  fs.rmSync(lock, { force: true });
  process.exit(1);
}
