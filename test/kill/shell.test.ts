import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createProject, type Project } from "../support/cli.js";

const DEFINITION = `apiVersion: stagecraft/v1
id: programs
version: "1.0.0"
secrets: [TOKEN]
stages:
  work:
    uses: shell
    with:
      shell: true
      command: (sleep 60 & echo $! >> ids; wait) & echo $$ >> ids; wait
`;

const SECRET = `apiVersion: stagecraft/v1
id: secretive
version: "1.0.0"
secrets: [TOKEN]
stages:
  work:
    uses: shell
    with: { shell: true, command: 'echo "$T"; echo "$T" >&2; exit $CODE', env: { T: "\${{ secrets.TOKEN }}", CODE: 0 } }
  fail:
    needs: [work]
    uses: shell
    with: { shell: true, command: 'echo "$T" >&2; exit 3', env: { T: "\${{ secrets.TOKEN }}" } }
`;

const project = (allow = "allow: { shell: true }\n") =>
  createProject({
    "stagecraft.config.yaml": allow,
    "definitions/programs.workflow.yaml": DEFINITION,
    "definitions/secretive.workflow.yaml": SECRET,
  });
const TOKEN = "s3cret-token";
const env = { TOKEN };

/** The processes of the program that are alive; each wrote down who it is. */
function alive({ folder }: Project): number[] {
  const file = path.join(folder, "ids");
  const ids = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  return ids.filter((id) => {
    const status = `/proc/${id}/status`;
    return fs.existsSync(status) && !/^State:\s+Z/m.test(fs.readFileSync(status, "utf8"));
  });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("programs that a run has started", () => {
  it("are gone when the run is cancelled from another process", async () => {
    const at = project();
    const running = at.run(["run", "programs"], { env });
    await until(() => alive(at).length === 2);
    expect((await at.run(["cancel", "--last"], { env })).code).toBe(0);
    const { code, stdout } = await running;
    expect({ code }, stdout).toEqual({ code: 1 });
    await until(() => alive(at).length === 0);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("are gone after %s of the engine, sent again if it asks", async (signal) => {
    const at = project();
    let send = (): void => {};
    const running = at.run(["run", "programs"], {
      env,
      onOutput: (child, soFar) => {
        send = () => void child.kill(signal);
        if (soFar.includes("once more to stop at once")) send();
      },
    });
    await until(() => alive(at).length === 2);
    send();
    await running;
    await until(() => alive(at).length === 0);
  });
});

describe("a shell stage", () => {
  it("shows no secret in what it keeps and says, whether it succeeds or fails", async () => {
    const at = project();
    const { code, stdout, stderr } = await at.run(["run", "secretive"], { env });
    const shown = await at.run(["runs", "show", "--last", "--json"], { env });
    expect(code, stderr).toBe(1);
    expect(stderr + stdout).toContain("shell-exit-3");
    expect(shown.stdout).toContain('"stdout": "***\\n"');
    expect(stdout + stderr + shown.stdout).not.toContain(TOKEN);
  });

  it("is refused where the operator has not allowed it, also in a run that began when it was", async () => {
    const at = project();
    expect((await at.run(["run", "secretive", "--detach"], { env })).code).toBe(0);
    at.write("stagecraft.config.yaml", "{}\n");
    const resumed = await at.run(["resume", "--last"], { env });
    expect(resumed).toMatchObject({ code: 1, stdout: expect.stringContaining("shell-not-allowed") });
    const started = await at.run(["run", "secretive"], { env });
    expect(started).toMatchObject({ code: 2, stderr: expect.stringContaining("shell-not-allowed") });
  });
});
