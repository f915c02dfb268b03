// Writes what is generated from the code: the schema for editors and the page of diagnostics.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const jiti = createJiti(import.meta.url, { alias: { "stagecraft/plugin": path.join(root, "src/plugin/api.ts") } });
const { generatedFiles } = await jiti.import("./generated.ts");
for (const [file, text] of Object.entries(await generatedFiles())) {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
  console.log(`wrote ${file}`);
}
