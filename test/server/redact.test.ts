import http from "node:http";
import { expect, it } from "vitest";
import { serveProject, until } from "./support.js";

const IBAN = "DE89370400440532013000";
const CARD = "4111111111111111";
const COMMENT = "she called from Lisbon";

const FILES = {
  ".env": `REDACT_TEST_KEY=${Buffer.alloc(32, 9).toString("base64")}\n`,
  "stagecraft.config.yaml": "encryption: { key: REDACT_TEST_KEY }\n",
  "definitions/pay.workflow.yaml": `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
inputs: { iban: { type: string } }
redact: [inputs.iban]
stages:
  sum: { uses: transform, with: { values: { text: "to \${{ inputs.iban }}", size: "\${{ inputs.iban.size() }}" } } }
  gate:
    needs: [sum]
    uses: approval
    with:
      title: "Pay to \${{ inputs.iban }}?"
      show: { to: "\${{ inputs.iban }}" }
      approvers: [heidi]
      forbid: ["\${{ inputs.iban }}"]
      form:
        type: object
        required: [account, card]
        properties:
          account: { enum: ["\${{ inputs.iban }}", none], description: "not \${{ inputs.iban }}" }
          card: { type: string, pattern: "^[0-9]{16}$" }
          pin: { type: integer }
      expires: 3d
    redact: [outputs.data.card, outputs.data.pin, outputs.comment]
  paid:
    needs: [gate.approved]
    uses: transform
    with: { values: { size: "\${{ inputs.iban.size() }}", isCard: "\${{ stages.gate.outputs.data.card.endsWith('1111') }}" } }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: transform, with: { values: { paid: false } } }
outputs: { to: "\${{ inputs.iban }}", size: "\${{ coalesce(stages.paid.?outputs.size, 0) }}", isCard: "\${{ coalesce(stages.paid.?outputs.isCard, false) }}" }
`,
};

it("tells no page and no follower of a run what is redacted, and refuses nobody what is theirs to decide", async () => {
  const server = await serveProject(FILES, { as: "heidi" });
  const said: string[] = [];
  const ask: typeof server.ask = async (path, given) => {
    const answer = await server.ask(path, given);
    said.push(answer.text);
    return answer;
  };
  const { json } = await ask("/api/v1/runs", { method: "POST", body: { definition: "pay", inputs: { iban: IBAN } } });
  const follower = follow(server.port, server.token, json.id);
  await until(
    async () => (await ask(`/api/v1/runs/${json.id}`)).json,
    ({ status }) => status === "waiting",
  );
  const [approval] = (await ask("/api/v1/approvals")).json.items;
  expect(approval).toMatchObject({ mine: true });
  await ask(`/api/v1/approvals/${approval.id}`);
  expect(approval.request.form.properties.account.enum).toEqual([expect.stringMatching(/^\[redacted \d+\]$/), "none"]);
  const decide = (data: object) =>
    ask(`/api/v1/approvals/${approval.id}/decision`, {
      method: "POST",
      body: { outcome: "approved", comment: COMMENT, data },
    });
  expect(await decide({ account: "none", card: `${CARD}0` })).toMatchObject({ status: 422 });
  const decided = await decide({ account: IBAN, card: CARD, pin: 17 });
  expect(decided.status, decided.text).toBe(200);
  expect(decided.json.decisions).toMatchObject([
    { by: "heidi", comment: "***", data: { account: "***", card: "***", pin: "***" } },
  ]);
  const run = await until(
    async () => (await ask(`/api/v1/runs/${json.id}`)).json,
    ({ status }) => status === "succeeded",
  );
  expect(run.outputs).toEqual({ to: expect.stringMatching(/^\[redacted \d+\]$/), size: IBAN.length, isCard: true });
  for (const path of ["stage?path=sum", "stage?path=gate", "events?limit=100"])
    await ask(`/api/v1/runs/${json.id}/${path}`);
  const heard = await until(
    async () => follower.text(),
    (text) => text.includes("runEnded"),
  );
  follower.close();
  expect(heard).toContain("[redacted 1]");
  for (const text of [heard, ...said])
    for (const value of [IBAN, CARD, COMMENT, '"pin":17']) expect(text).not.toContain(value);
});

/** What a browser would hear of the run. */
function follow(port: number, token: string, run: string) {
  let heard = "";
  const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
  const sent = http.get(
    { host: "127.0.0.1", port, path: `/api/v1/runs/${run}/events`, agent: false, headers },
    (answer) =>
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        heard += chunk;
      }),
  );
  sent.on("error", () => {});
  return { text: () => heard, close: () => sent.destroy() };
}
