import { describe, expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const head = (id: string) => `apiVersion: stagecraft/v1\nid: ${id}\nversion: "1.0.0"\n`;

const PAY = `${head("pay")}stages:
  gate:
    uses: approval
    with:
      title: Pay 120?
      show: { amount: 120 }
      approvers: ["role:manager"]
      forbid: [frank]
      outcomes: [later]
      form: { type: object, required: [limit], properties: { limit: { type: number } } }
      expires: 3d
  paid: { needs: [gate.approved], uses: transform, with: { values: { by: "\${{ stages.gate.outputs.by }}" } } }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired, gate.later] }], uses: transform, with: { values: { paid: false } } }
`;

const MANY = `${head("many")}inputs: { payees: { type: array, items: { type: string } } }
stages:
  checks:
    uses: group
    stages:
      ask:
        forEach: { items: "\${{ inputs.payees }}", as: payee, concurrency: 5 }
        uses: approval
        with: { title: "Pay \${{ payee }}?", approvers: ["role:manager"], expires: 3d }
  pay: { needs: [checks], uses: data.write, with: { file: out/paid.json, rows: [{ paid: true }] } }
`;

const CONFIG = `identities:
  users: { dana: { roles: [manager] }, frank: { roles: [manager] }, grace: {}, hugo: {} }
  delegations:
    - { from: dana, to: grace, since: 2020-01-01, until: 2099-12-31 }
    - { from: dana, to: hugo, until: 2020-01-01 }
    - { from: frank, to: hugo }
`;

const files = {
  "definitions/pay.workflow.yaml": PAY,
  "definitions/many.workflow.yaml": MANY,
  "stagecraft.config.yaml": CONFIG,
};

async function asked() {
  const at = createProject(files);
  const { document } = await at.json(["run", "pay", "--wait", "0s"]);
  return { at, run: document.run.id as string, id: document.approvals[0].id as string };
}

describe("delegation", () => {
  it("lets a stand-in decide within its dates, and says for whom", async () => {
    const { at, id } = await asked();
    const over = await at.run(["approve", id, "--as", "hugo", "--data", "limit=1"]);
    expect(over, "dana's is over, and frank may not decide either").toMatchObject({ code: 5 });
    expect(over.stderr).toContain("[forbidden]");
    expect(await at.run(["approve", id, "--as", "grace", "--data", "limit=1"])).toMatchObject({ code: 0 });
    const { document } = await at.json(["approvals", "show", id]);
    expect(document.approval.decisions).toMatchObject([{ by: "grace", onBehalfOf: "dana", outcome: "approved" }]);
    const twice = await at.run(["approve", id, "--as", "dana", "--data", "limit=1"]);
    expect(twice).toMatchObject({ code: 5, stderr: expect.stringContaining("already by grace") });
  });

  it("is refused in the project file when it names somebody unknown", async () => {
    const at = createProject({ "stagecraft.config.yaml": CONFIG.replace("to: grace", "to: nobody") });
    expect(await at.run(["runs", "ls"])).toMatchObject({ code: 2, stderr: expect.stringContaining("names nobody") });
  });
});

describe("a decision link", () => {
  it("lets one person decide once, with the form, and only as it says", async () => {
    const { at, id } = await asked();
    const { document } = await at.json([
      "approvals",
      "link",
      id,
      "--for",
      "dana",
      "--outcome",
      "approved",
      "--ttl",
      "1h",
    ]);
    const { token } = document;
    const answer = (text: string, ...more: string[]) => at.run(["approvals", "answer", text, ...more]);
    expect((await answer(token, "--outcome", "later")).stderr).toContain("[link-outcome]");
    expect((await answer(token)).stderr).toContain("[invalid-form]");
    const [body = "", mac = ""] = token.split(".");
    const forged = JSON.parse(Buffer.from(body, "base64url").toString());
    const other = Buffer.from(JSON.stringify({ ...forged, user: "frank" })).toString("base64url");
    expect(await answer(`${other}.${mac}`)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("[link-invalid]"),
    });
    expect(await answer(token, "--data", "limit=9")).toMatchObject({ code: 0 });
    expect((await answer(token, "--data", "limit=9")).stderr).toContain("[already-decided]");
    const shown = await at.json(["approvals", "show", id]);
    expect(shown.document.approval.decisions).toMatchObject([{ by: "dana", via: "link", data: { limit: 9 } }]);
    const { document: trail } = await at.json(["audit", "ls"]);
    expect(trail.acts).toContainEqual(
      expect.objectContaining({ what: "linkMade", detail: expect.objectContaining({ for: "dana" }) }),
    );
  });

  it("is worth nothing once it has ended, for who may not decide, and with another key", async () => {
    const { at, id } = await asked();
    const make = async (...more: string[]) =>
      (await at.json(["approvals", "link", id, "--for", ...more])).document.token;
    const ended = await at.run(["approvals", "answer", await make("dana", "--ttl", "0s")]);
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining("[link-expired]") });
    const frank = await at.run(["approvals", "answer", await make("frank"), "--outcome", "rejected"]);
    expect(frank).toMatchObject({ code: 5, stderr: expect.stringContaining("[forbidden]") });
    const env = { STAGECRAFT_LINK_KEY: "another-key-altogether" };
    const foreign = await at.run(["approvals", "answer", await make("dana")], { env });
    expect(foreign).toMatchObject({ code: 5, stderr: expect.stringContaining("[link-invalid]") });
    expect((await at.json(["approvals", "show", id])).document.approval.status).toBe("open");
  });
});

it("an approval inside forEach inside a group holds the run, and nothing is paid before the last of them", async () => {
  const at = createProject(files);
  const first = await at.json(["run", "many", "--input", 'payees=["ann","bea","cy"]', "--wait", "0s"]);
  expect(first.code).toBe(3);
  const approvals = first.document.approvals as { id: string; stage: string }[];
  expect(approvals.map(({ stage }) => stage)).toEqual([0, 1, 2].map((item) => `checks/ask[${item}]`));
  for (const [nth, { id }] of approvals.entries()) {
    expect(at.has("out/paid.json"), `before decision ${nth}`).toBe(false);
    expect((await at.run(["approve", id, "--as", "dana"])).code).toBe(nth === 2 ? 0 : 3);
  }
  expect(at.has("out/paid.json")).toBe(true);
});

it("an item of an approval that is rejected counts as failed: what follows all of them does not run", async () => {
  const at = createProject(files);
  const first = await at.json(["run", "many", "--input", 'payees=["ann","bea"]', "--wait", "0s"]);
  const [one, other] = first.document.approvals as { id: string }[];
  await at.run(["approve", one!.id, "--as", "dana"]);
  const ended = await at.json(["reject", other!.id, "--as", "dana"]);
  expect(ended.code).toBe(1);
  expect(ended.document.run).toMatchObject({ status: "failed" });
  expect(at.has("out/paid.json")).toBe(false);
});
