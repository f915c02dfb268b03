#!/usr/bin/env node
import module from "node:module";

// From Node 22 on, what was compiled once is kept for the next start.
module.enableCompileCache?.();
const { main } = await import("../dist/src/cli/main.js");
await main(import.meta.url);
