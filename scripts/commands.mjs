// Writes the reference of the command line from what the built program says of itself.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { commandsPage } = await createJiti(import.meta.url).import("./commands-page.ts");
const manifest = JSON.parse(fs.readFileSync(path.join(root, "oclif.manifest.json"), "utf8"));
fs.writeFileSync(path.join(root, "docs/reference/commands.md"), commandsPage(manifest));
console.log("wrote docs/reference/commands.md");
