import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { expect, it, onTestFinished } from "vitest";
import notify from "../../plugins/notify/index.js";
import type { EffectStageType, JsonObject } from "../../src/plugin/api.js";
import { effectContext } from "../support/effect-context.js";

const stage = notify.stages?.[0] as EffectStageType;

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that refuses the first so many, and lets in whoever knows the password. */
async function mailServer(refusals = 0) {
  const mails: Mail[] = [];
  let left = refusals;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: ({ password }, _session, done) =>
      password === "right" ? done(null, { user: "ops" }) : done(new Error("no such user")),
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        left -= 1;
        if (left >= 0) return done(Object.assign(new Error("busy"), { responseCode: 451 }));
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(parts).toString() });
        return done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

function send(server: string, more: JsonObject = {}, env: Record<string, string> = {}) {
  const mail = {
    via: "smtp",
    from: "stagecraft@example.org",
    to: "ops@example.org",
    message: "Run 7 failed\nSee the log.",
  };
  return stage.run({ ...mail, server, ...more }, effectContext({ plugins: [notify], env, idempotencyKey: "k1" }));
}

it("sends a mail whose subject is the first line, with an id that a repeated one shares", async () => {
  const { mails, url } = await mailServer();
  expect(await send(url, { data: { amount: 5 }, to: "a@example.org, b@example.org" })).toMatchObject({
    outputs: { sent: true, accepted: 2 },
  });
  await send(url);
  expect(mails.map(({ to }) => to)).toEqual([["a@example.org", "b@example.org"], ["ops@example.org"]]);
  for (const { text } of mails) {
    expect(text).toMatch(/^Subject: Run 7 failed\r$/m);
    expect(text).toMatch(/^Message-ID: <k1@stagecraft>\r$/m);
  }
  expect(mails[0]?.text).toContain('"amount": 5');
});

it("signs in with a password of the environment, and says no more of it than its name", async () => {
  const { mails, url } = await mailServer();
  const auth = { user: "ops", password: "MAIL_PASSWORD" };
  await send(url, auth, { MAIL_PASSWORD: "right" });
  expect(mails).toHaveLength(1);
  await expect(send(url, auth, { MAIL_PASSWORD: "wrong" })).rejects.toMatchObject({
    code: "smtp-failed",
    message: expect.not.stringContaining("wrong"),
    retryable: false,
  });
  await expect(send(url, auth)).rejects.toMatchObject({ code: "smtp-password" });
});

it("tries again what a server takes back later, and no server that is not there is found", async () => {
  const { mails, url } = await mailServer(1);
  await expect(send(url)).rejects.toMatchObject({ code: "smtp-failed", retryable: true });
  await send(url);
  expect(mails).toHaveLength(1);
  await expect(send("smtp://127.0.0.1:9")).rejects.toMatchObject({ code: "smtp-failed", retryable: true });
});

it("lets no line break of a message add a header", async () => {
  const { mails, url } = await mailServer();
  await send(url, { subject: "Hello\r\nBcc: everybody@example.org", to: "a@example.org" });
  expect(mails[0]?.to).toEqual(["a@example.org"]);
  expect(mails[0]?.text).not.toMatch(/^Bcc:/m);
});
