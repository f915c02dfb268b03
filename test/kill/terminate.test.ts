import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createProject } from "../support/cli.js";

/** Hears no signal and never ends, until there is a file that says it may. */
const PLUGIN = `import fs from "node:fs";
import { definePlugin } from "stagecraft/plugin";
export default definePlugin({
  name: "acme/deaf", version: "1.0.0", apiVersion: 1,
  stages: [{
    kind: "effect", name: "acme/deaf", title: "Deaf", description: "Hears nothing.",
    examples: ["uses: acme/deaf\\nwith: {}\\n"],
    input: { type: "object", additionalProperties: false }, output: { type: "object" },
    async run() {
      if (!fs.existsSync("enough")) await new Promise(() => setInterval(() => {}, 1_000));
      return { outputs: {} };
    },
  }],
});
`;

const DEFINITION = `apiVersion: stagecraft/v1
id: deaf
version: "1.0.0"
stages:
  before: { uses: transform, with: { values: { a: 1 } } }
  effect: { needs: [before], uses: acme/deaf, with: {} }
  program:
    needs: [before]
    uses: shell
    with:
      shell: true
      command: test -e enough || { trap '' TERM; sleep 60 & echo $! >> ids; echo $$ >> ids; wait; }
  after: { needs: [effect, program], uses: transform, with: { values: { b: 2 } } }
`;

it("ends within its grace when told to, though an effect and a program are deaf, and what happened is plain", async () => {
  const at = createProject({
    "stagecraft.config.yaml": "allow: { shell: true }\nplugins: [./plugins/deaf]\n",
    "plugins/deaf/index.mjs": PLUGIN,
    "definitions/deaf.workflow.yaml": DEFINITION,
  });
  let terminate = (): void => {};
  const running = at.run(["run", "deaf"], {
    onOutput: (child) => {
      terminate = () => void child.kill("SIGTERM");
    },
  });
  const ids = (): number[] => {
    const file = path.join(at.folder, "ids");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  };
  await until(() => ids().length === 2);
  terminate();
  const { code, stdout, stderr } = await running;
  expect(stdout + stderr).toContain("interrupted: everything up to here is saved");
  expect({ code }, stderr).toEqual({ code: 130 });
  await until(() => !ids().some(isAlive));

  const shown = await at.run(["runs", "show", "last"]);
  expect(shown.stdout + shown.stderr).toMatch(
    /its process ended while it was under way[\s\S]*next: npx stagecraft resume/,
  );

  at.write("enough", "");
  expect(await at.run(["resume", "last"])).toMatchObject({ code: 0 });
  const { stdout: told } = await at.run(["runs", "show", "last"]);
  for (const stage of ["effect", "program"]) expect(told).toContain(`${stage}: an attempt was lost with the process`);
});

function isAlive(id: number): boolean {
  const status = `/proc/${id}/status`;
  return fs.existsSync(status) && !/^State:\s+Z/m.test(fs.readFileSync(status, "utf8"));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
