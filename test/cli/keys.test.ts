import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createProject } from "../support/cli.js";

const PAY = `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
inputs: { iban: { type: string } }
stages:
  read: { uses: transform, with: { values: { account: "\${{ inputs.iban }}" } } }
  gate: { needs: [read], uses: approval, with: { approvers: ["role:manager"], show: { to: "\${{ inputs.iban }}" } } }
  done: { needs: [gate.approved], uses: transform, with: { values: { paid: "\${{ inputs.iban }}" } } }
outputs: { paid: "\${{ stages.done.outputs.paid }}" }
`;
const IBAN = "DE89370400440532013000";
const key = () => randomBytes(32).toString("base64");
const config = (encryption: string) => `identities: { users: { dana: { roles: [manager] } } }\n${encryption}\n`;

function encrypted() {
  const [one, two] = [key(), key()];
  const at = createProject({
    "definitions/pay.workflow.yaml": PAY,
    "stagecraft.config.yaml": config("encryption: { key: KEY_ONE }"),
    ".env": `KEY_ONE=${one}\nKEY_TWO=${two}\n`,
  });
  const write = (name: string, text: string) => fs.writeFileSync(path.join(at.folder, name), text);
  return { at, one, two, write };
}

it("keeps a run's data out of the database, and the run goes on, is shown and proven as ever", async () => {
  const { at } = encrypted();
  const first = await at.json(["run", "pay", "--input", `iban=${IBAN}`, "--wait", "0s"]);
  const [{ id, request }] = first.document.approvals;
  expect(request.show).toEqual({ to: IBAN });
  expect(await at.run(["approve", id, "--as", "dana", "--comment", `for ${IBAN}`])).toMatchObject({ code: 0 });
  const { document } = await at.json(["runs", "show", "last"]);
  expect(document.run).toMatchObject({ status: "succeeded", outputs: { paid: IBAN } });
  const folder = path.join(at.folder, ".stagecraft");
  const raw = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), "latin1"));
  expect(raw.join("")).not.toContain(IBAN);
  expect(await at.run(["audit", "verify", "--all"])).toMatchObject({ code: 0 });
});

it("says what is missing where a key is missing, and all is there once the key is", async () => {
  const { at, one, two, write } = encrypted();
  expect(await at.run(["run", "pay", "--input", `iban=${IBAN}`, "--wait", "0s"])).toMatchObject({ code: 3 });
  write(".env", "");
  const unset = await at.run(["runs", "ls"]);
  expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining("the secret KEY_ONE") });
  write(".env", `KEY_ONE=${two}\n`);
  expect((await at.run(["runs", "ls"])).stdout).toContain("pay");
  const shown = await at.run(["runs", "show", "last"]);
  expect(shown).toMatchObject({ code: 2, stderr: expect.stringContaining("is encrypted with the key") });
  const { document } = await at.json(["keys", "ls"]);
  expect(document.keys).toMatchObject([
    { name: "KEY_ONE", use: "current", wraps: 0 },
    { name: null, use: "missing", wraps: 2 },
  ]);
  write(".env", `KEY_ONE=${one}\n`);
  expect((await at.run(["runs", "show", "last"])).code).not.toBe(2);
});

it("rotates: what was encrypted before is read with the new key alone", async () => {
  const { at, two, write } = encrypted();
  await at.run(["run", "pay", "--input", `iban=${IBAN}`, "--wait", "0s"]);
  write("stagecraft.config.yaml", config("encryption: { key: KEY_TWO, previous: [KEY_ONE] }"));
  const { document } = await at.json(["keys", "rotate", "--as", "dana"]);
  expect(document).toMatchObject({ wrapped: 2 });
  write("stagecraft.config.yaml", config("encryption: { key: KEY_TWO }"));
  write(".env", `KEY_TWO=${two}\n`);
  const [{ request }] = (await at.json(["approvals", "ls"])).document.approvals;
  expect(request.show).toEqual({ to: IBAN });
  const acts = await at.run(["audit", "ls", "--who", "dana"]);
  expect(acts.stdout).toContain("keysRotated");
});

const VAULT = (held: string) => `import { definePlugin } from "stagecraft/plugin";
export default definePlugin({
  name: "acme/vault", version: "1.0.0", apiVersion: 1,
  secrets: [{
    name: "acme/vault",
    settings: { type: "object", additionalProperties: false, required: ["shelf"], properties: { shelf: { type: "string" } } },
    get: async (name, { shelf }) => (name === "KEY_ONE" && shelf === "b" ? ${JSON.stringify(held)} : undefined),
  }],
});
`;

it("takes the key from a plugin's provider of secrets, which is told its settings", async () => {
  const at = createProject({
    "definitions/pay.workflow.yaml": PAY,
    "plugins/vault.ts": VAULT(key()),
    "stagecraft.config.yaml": config(
      "encryption: { key: KEY_ONE }\nsecrets: { provider: acme/vault, settings: { shelf: b } }",
    ),
  });
  expect(await at.run(["run", "pay", "--input", `iban=${IBAN}`, "--wait", "0s"])).toMatchObject({ code: 3 });
  expect((await at.json(["keys", "ls"])).document.keys).toMatchObject([{ name: "KEY_ONE", wraps: 2 }]);
  const write = (text: string) => fs.writeFileSync(path.join(at.folder, "stagecraft.config.yaml"), text);
  write(config("encryption: { key: KEY_ONE }\nsecrets: { provider: acme/vault }"));
  expect((await at.run(["runs", "ls"])).stderr).toContain("the settings of the secrets provider acme/vault");
  write(config("encryption: { key: KEY_ONE }\nsecrets: { provider: other }"));
  expect((await at.run(["runs", "ls"])).stderr).toContain("no plugin brings the secrets provider other");
});
