import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { createProject, type Project, type RunOptions } from "../support/cli.js";
import { startCollector } from "../support/collector.js";
import { type HttpServer, serve } from "../support/http-server.js";

const IBAN = "DE89370400440532013000";
const NAME = "Eve Adams";
const EMAIL = "eve.adams@people.example";
const SALARY = 84_511.37;

const PAY = (url: string) => `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
inputs:
  iban: { type: string }
  person: { type: object, required: [name, isIll], properties: { name: { type: string }, isIll: { type: boolean } } }
  salary: { type: number }
redact: [inputs.iban, inputs.person, inputs.salary]
stages:
  look:
    uses: http
    with: { url: "${url}/customer" }
    redact: [outputs.body.email]
  rich:
    uses: transform
    with: { values: { to: "\${{ inputs.salary > 80000 && inputs.person.isIll ? inputs.iban : '' }}" } }
  gate:
    needs: [look, rich]
    uses: approval
    with:
      title: "Pay to \${{ inputs.iban }}?"
      show: { who: "\${{ inputs.person.name }}", salary: "\${{ inputs.salary }}", mail: "\${{ stages.look.outputs.body.email }}" }
      approvers: [dana, "\${{ inputs.person.name }}"]
      forbid: ["\${{ inputs.person.name }}"]
      notify: ops
      expires: 3d
  pay:
    needs: [gate.approved]
    uses: http
    with:
      url: "${url}/pay"
      method: POST
      json: { to: "\${{ stages.rich.outputs.to }}", mail: "\${{ stages.look.outputs.body.email }}", of: "\${{ inputs.salary }}" }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: transform, with: { values: { paid: false } } }
outputs: { to: "\${{ inputs.iban }}", note: "paid to \${{ inputs.iban }}", number: "\${{ inputs.salary }}" }
`;

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const one of servers.splice(0)) await one.close();
});

async function project(options: RunOptions = {}) {
  const world = await serve(({ url }, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(url === "/customer" ? { email: EMAIL, iban: IBAN, text: `for ${NAME}` } : {}));
  });
  servers.push(world);
  const at = createProject({
    "definitions/pay.workflow.yaml": PAY(world.url),
    ".env": `DATA_KEY=${Buffer.alloc(32, 7).toString("base64")}\n`,
    "stagecraft.config.yaml": `encryption: { key: DATA_KEY }\nnotify:\n  ops: { via: webhook, url: "${world.url}/told" }\n`,
    "in.json": JSON.stringify({ iban: IBAN, person: { name: NAME, isIll: true }, salary: SALARY }),
  });
  const started = await at.run(
    ["run", "pay", "--input-file", "in.json", "--wait", "0s", "--log-level", "debug"],
    options,
  );
  expect(started, started.stderr).toMatchObject({ code: 3 });
  return { at, world, started };
}

const FORMS = [IBAN, NAME, EMAIL, String(SALARY)].flatMap((value) => [
  value,
  encodeURIComponent(value),
  Buffer.from(value).toString("base64").slice(0, -4),
]);

function expectNothingIn(text: string, where: string): void {
  for (const form of FORMS) expect(text.includes(form), `${form} in ${where}`).toBe(false);
}

function expectNothingInFiles({ folder }: Project): void {
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const place = path.join(folder, file);
    const isGiven = file === "in.json" || !fs.statSync(place).isFile();
    if (!isGiven) expectNothingIn(fs.readFileSync(place, "latin1"), file);
  }
}

async function expectNothingSaid(at: Project, commands: readonly (readonly string[])[]): Promise<void> {
  for (const command of commands) {
    const { stdout, stderr, code } = await at.run(command);
    expect(stdout.length, `${command.join(" ")}: ${code} ${stderr}`).toBeGreaterThan(0);
    expectNothingIn(stdout + stderr, command.join(" "));
  }
}

it("shows a redacted value nowhere, keeps it in no file, and gives it to the stages after another process took over", {
  timeout: 240_000,
}, async () => {
  const { at, world, started } = await project();
  expectNothingIn(started.stdout + started.stderr, "run");
  const { document } = await at.json(["approvals", "ls"]);
  const [{ id, request }] = document.approvals;
  expect(request.title).toMatch(/^\[redacted \d+\]$/);
  const stranger = await at.run(["approve", id, "--as", "mallory"]);
  expect(stranger).toMatchObject({ code: 5, stderr: expect.stringContaining("not among the approvers (dana, ***)") });
  const approved = await at.run(["approve", id, "--as", "dana"]);
  expect(approved, approved.stderr).toMatchObject({ code: 0 });
  expectNothingIn(approved.stdout + approved.stderr, "approve");

  const paid = world.seen.filter(({ url }) => url === "/pay").map(({ body }) => JSON.parse(body));
  expect(paid).toEqual([{ to: IBAN, mail: EMAIL, of: SALARY }]);
  const told = world.seen.filter(({ url }) => url === "/told").map(({ body }) => body);
  expect(told).toHaveLength(1);
  expectNothingIn(told.join("\n"), "what the approvers were told");

  await at.run(["audit", "keygen"]);
  await expectNothingSaid(at, [
    ["runs", "show", "last"],
    ["runs", "show", "last", "--json"],
    ["runs", "ls", "--json"],
    ["runs", "logs", "last"],
    ["runs", "export", "last"],
    ["approvals", "show", id, "--json"],
    ["approvals", "ls", "--all", "--json"],
    ["audit", "ls", "--json"],
    ["audit", "export", "--out", "audit.jsonl"],
    ["replay", "last", "--json"],
    ["fork", "last", "--from", "gate", "--wait", "0s"],
  ]);
  expectNothingInFiles(at);
});

it("goes into no archive, no backup, no restored database, no log and no trace as it is, and is whole where it is restored", {
  timeout: 240_000,
}, async () => {
  const collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const { at, started } = await project({ env });
  const { document } = await at.json(["approvals", "ls"]);
  const [{ id, run }] = document.approvals;
  const approved = await at.run(["approve", id, "--as", "dana", "--log-level", "debug"], { env });
  expect(approved, approved.stderr).toMatchObject({ code: 0 });
  expect(approved.stderr).toContain('"level"');
  expectNothingIn(started.stderr + approved.stderr, "the log");
  await expect.poll(() => collector.spans().length, { timeout: 20_000 }).toBeGreaterThan(4);
  expectNothingIn(collector.text(), "the trace");

  expect(await at.run(["db", "archive", run, "--output", "archived"])).toMatchObject({ code: 0 });
  const [archive = ""] = fs.readdirSync(path.join(at.folder, "archived"));
  for (const command of [
    ["db", "backup", "backup.sqlite"],
    ["db", "restore", path.join("archived", archive), "--db", "restored.sqlite"],
  ])
    expect(await at.run(command), command.join(" ")).toMatchObject({ code: 0 });
  expectNothingInFiles(at);
  for (const db of ["backup.sqlite", "restored.sqlite"]) {
    await expectNothingSaid(at, [["runs", "show", run, "--json", "--db", db]]);
    expect(await at.json(["replay", run, "--db", db]), db).toMatchObject({ code: 0 });
  }
});

it("takes the pure steps again without a drift, and a fork knows what the run knew", {
  timeout: 240_000,
}, async () => {
  const { at, world } = await project();
  const { document } = await at.json(["approvals", "ls"]);
  const [{ id }] = document.approvals;
  const refused = await at.run(["approve", id, "--as", NAME.toLowerCase()]);
  expect(refused, "whom a redacted name forbids is forbidden").toMatchObject({ code: 5 });
  expect(refused.stderr).toContain("[forbidden]");
  expect(await at.run(["approve", id, "--as", "dana"])).toMatchObject({ code: 0 });
  expect(await at.json(["replay", "last"])).toMatchObject({ code: 0 });
  const fork = await at.json(["fork", "last", "--from", "pay"]);
  expect(fork).toMatchObject({ code: 0 });
  const paid = world.seen.filter(({ url }) => url === "/pay").map(({ body }) => JSON.parse(body));
  expect(paid).toEqual([1, 2].map(() => ({ to: IBAN, mail: EMAIL, of: SALARY })));
  expect(await at.run(["audit", "verify", "--all"])).toMatchObject({ code: 0 });
  expect(await at.run(["audit", "erase", "last", "--reason", "asked for"])).toMatchObject({ code: 0 });
  expect(await at.run(["audit", "verify", "--all"])).toMatchObject({ code: 0 });
});

it("starts no run where nothing is encrypted, or where a key would show the value", async () => {
  const { at } = await project();
  const file = path.join(at.folder, "definitions/pay.workflow.yaml");
  const text = fs.readFileSync(file, "utf8");
  at.write("definitions/pay.workflow.yaml", `${text}idempotencyKey: "\${{ inputs.iban }}"\n`);
  const shown = await at.run(["run", "pay", "--input-file", "in.json"]);
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining("[redacted-key]") });
  at.write("definitions/pay.workflow.yaml", text);
  at.write("stagecraft.config.yaml", "db: plain.sqlite\n");
  const plain = await at.run(["run", "pay", "--input-file", "in.json"]);
  expect(plain).toMatchObject({ code: 2, stderr: expect.stringContaining("[redact-needs-key]") });
  expect((await at.run(["runs", "ls"])).stdout).not.toContain("pay");
});
