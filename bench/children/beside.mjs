// Loaded with --import: better-sqlite3 is found in `bench/peers`, as if it had been installed beside Stagecraft.
import module from "node:module";

const peers = new URL("../peers/", import.meta.url);
const hook = `export const resolve = (name, context, next) =>
  next(name, name === "better-sqlite3" ? { ...context, parentURL: ${JSON.stringify(`${peers.href}package.json`)} } : context);`;
module.register(`data:text/javascript,${encodeURIComponent(hook)}`);
process.env["NODE_PATH"] = new URL("node_modules", peers).pathname;
module.Module._initPaths();
