import { type Notifier, type NotifyContext, StageError } from "stagecraft/plugin";

/** One mail by SMTP. `Message-ID` is the same however often it is sent. */
export const smtpNotifier: Notifier = {
  name: "smtp",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["message", "server", "from", "to"],
    properties: {
      message: { type: "string", description: "The first line is the subject, unless there is one." },
      server: {
        type: "string",
        pattern: "^smtps?://",
        description: "smtp://mail.example.org:587; smtps from the start.",
      },
      from: { type: "string", minLength: 3, description: "Who sends it." },
      to: { type: "string", minLength: 3, description: "Who gets it; several with commas." },
      subject: { type: "string", description: "Instead of the message's first line." },
      user: { type: "string", description: "Signs in as." },
      password: { type: "string", description: "The environment variable with the password." },
      data: { description: "Added below as JSON." },
    },
  },
  async send({ message, server, from, to, subject, user, password, data }, context) {
    const { createTransport } = await nodemailer();
    const auth = typeof user === "string" ? { auth: { user, pass: passwordOf(password, context) } } : {};
    const transport = createTransport({
      url: String(server),
      ...auth,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const stop = () => transport.close();
    context.signal.addEventListener("abort", stop, { once: true });
    try {
      const text = String(message);
      const sent = await transport.sendMail({
        from: String(from),
        to: String(to),
        subject: typeof subject === "string" ? subject : (text.split("\n", 1)[0] ?? ""),
        text: data === undefined ? text : `${text}\n\n${JSON.stringify(data, null, 2)}\n`,
        messageId: `<${context.idempotencyKey}@stagecraft>`,
        headers: { "Auto-Submitted": "auto-generated" },
      });
      return { accepted: sent.accepted.length };
    } catch (error) {
      throw asFault(error, String(server));
    } finally {
      context.signal.removeEventListener("abort", stop);
      stop();
    }
  },
};

async function nodemailer(): Promise<typeof import("nodemailer")> {
  try {
    return await import("nodemailer");
  } catch {
    throw new StageError("smtp-package", "mail needs the package nodemailer: npm install nodemailer");
  }
}

function passwordOf(name: unknown, context: NotifyContext): string {
  const password = typeof name === "string" ? context.env(name) : undefined;
  if (password !== undefined && password !== "") return password;
  throw new StageError("smtp-password", `the environment variable ${String(name)} is not set`);
}

/** What a server answers with 4xx may go through the next time, and so may what did not reach it. */
function asFault(error: unknown, server: string): StageError {
  const { code = "ESMTP", responseCode } = error as { code?: string; responseCode?: number };
  const { host } = new URL(server);
  const answer = responseCode === undefined ? code : String(responseCode);
  return new StageError("smtp-failed", `the mail server at ${host} did not take the message: ${answer}`, {
    retryable: responseCode === undefined || (responseCode >= 400 && responseCode < 500),
  });
}
