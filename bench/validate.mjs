import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { askProcess } from "./harness.mjs";

const STAGES = 2_000;
const child = fileURLToPath(new URL("./children/read.mjs", import.meta.url));

/** Reading and checking a large definition against the YAML parse of the same text, each in a fresh process. */
export function make() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-bench-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  return [
    ["few expressions", plainStage],
    ["an expression in every stage", expressiveStage],
  ].map(([kind, stage], index) => {
    const file = path.join(folder, `${index}.workflow.yaml`);
    fs.writeFileSync(file, definition(stage));
    const goals = { "read and checked": 1.5 };
    const named = { id: `validate/${index}`, name: `\`validate\` of ${STAGES} stages, ${kind}` };
    const bench = {
      ...named,
      about: "Modules are loaded before the clock starts; each text is read once, cold, in a process of its own.",
      floor: { name: "YAML parse", measure: () => askProcess([child, "parse", file], { cwd: folder }) },
      ours: [{ name: "read and checked", measure: () => askProcess([child, "read", file], { cwd: folder }) }],
      goals,
    };
    return { ...named, open: () => bench };
  });
}

function definition(stage) {
  const head = "apiVersion: stagecraft/v1\nid: large\nversion: 1.0.0\ninputs:\n  amount: { type: number }\nstages:\n";
  return head + Array.from({ length: STAGES }, (_, index) => stage(index)).join("");
}

function plainStage(index) {
  return `  s${index}:
    title: Stage ${index} of many
    uses: transform
${needs(index)}    with:
      values:
        number: ${index}
        name: a constant text
`;
}

function expressiveStage(index) {
  const before = index === 0 ? "inputs.amount" : `stages.s${index - 1}.outputs.sum`;
  return `  s${index}:
    title: Stage ${index} of many
    uses: transform
${needs(index)}    with:
      values:
        sum: "\${{ ${before} + 1.0 }}"
        name: "stage \${{ inputs.amount * 2.0 }}"
`;
}

function needs(index) {
  return index === 0 ? "" : `    needs: [s${index - 1}]\n`;
}
