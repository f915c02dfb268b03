// Runs many command lines in one process, through the door of the real program, in the folder it is started in.
// At the end it names all ids that were kept.
// Reads { door, main, steps: [{ args, until?, keep? }] } from the file named on its command line; before each command both streams
// get a line with a mark, and behind it one with its exit code.
import fs from "node:fs";

const { door, main, steps } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const { main: start } = await import(main);
const write = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) };
/** What a command may name: the newest of each that was printed. */
const ids = new Set();
const known = { run: "", approval: "", other: "" };
let said = "";
let heard = () => {};

for (const stream of ["stdout", "stderr"]) {
  const original = process[stream].write.bind(process[stream]);
  process[stream].write = (text, ...rest) => {
    said += text;
    heard();
    return original(text, ...rest);
  };
}
// A command that ends must not end those behind it.
let exited;
process.exit = (code) => {
  exited = code ?? exited;
};
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

for (const { args, until, keep } of steps) {
  mark("begin");
  said = "";
  exited = undefined;
  process.exitCode = 0;
  heard = () => {
    if (until === undefined || !said.includes(until)) return;
    heard = () => {};
    setImmediate(() => process.emit("SIGINT"));
  };
  process.argv.splice(2, process.argv.length, ...args.map(filled));
  await start(door);
  heard = () => {};
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
  for (const name of keep ?? []) {
    known[name] = found(name);
    ids.add(known[name]);
  }
  mark(`end ${exited ?? process.exitCode ?? 0}`);
}
mark(`ids ${[...ids].join(" ")}`);
fs.rmSync(process.argv[2], { force: true });
process.reallyExit(0);

function mark(text) {
  // On a terminal both are one.
  for (const stream of process.stdout.isTTY ? ["out"] : ["out", "err"]) write[stream](`\n\u0001${text}\n`);
}

function filled(word) {
  return word.replace(/\{(run|approval|other)\}/g, (_, name) => known[name]);
}

function found(name) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are not part of an id
  const plain = said.replace(/\u001b\[[?\d;]*[A-Za-z]/g, "");
  const pattern = name === "approval" ? /approve (\S+)/ : /\b([a-z0-9]{8}-[a-z0-9]{4})\b/;
  return pattern.exec(plain)?.[1] ?? "";
}
