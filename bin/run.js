#!/usr/bin/env node
import module from "node:module";
import v8 from "node:v8";

// A command mostly lives for a second or two, in which V8 would spend more on optimising code than the code wins back:
// it does so for what ran about eight times longer than it would ask for. What goes on for days has the time. Later V8s
// count otherwise, have a quick compiler before the one that optimises, and complain of the flag.
const LASTING = ["worker", "serve", "mcp"];
const isKnown = process.versions.v8.startsWith("11.");
if (isKnown && !LASTING.includes(process.argv[2])) v8.setFlagsFromString("--interrupt-budget=1000000");

// From Node 22 on, what was compiled once is kept for the next start.
module.enableCompileCache?.();
const { main } = await import("../dist/src/cli/main.js");
await main(import.meta.url);
