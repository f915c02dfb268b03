import { defineStage, type JsonObject, type JsonSchema, type StageInfo, type StageIssue } from "stagecraft/plugin";
import { type HttpRequest, send } from "./request.js";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const input: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["url"],
  properties: {
    url: { type: "string", minLength: 1, description: "Whole address, starting with http:// or https://." },
    method: { type: "string", enum: METHODS, default: "GET", description: "HTTP method." },
    headers: {
      type: "object",
      additionalProperties: { type: "string" },
      description: "Request headers. Their values are never logged.",
    },
    query: {
      type: "object",
      additionalProperties: true,
      description: "Parameters added to the url; a list repeats the name, null leaves it out.",
    },
    json: { description: "Body, sent as JSON." },
    body: { type: "string", description: "Body, sent as it is. Not together with json." },
    expectStatus: {
      type: "array",
      minItems: 1,
      items: { type: "integer", minimum: 100, maximum: 599 },
      description: "Statuses that are fine. Without it, 200 to 299.",
    },
    maxBytes: { type: "integer", minimum: 1, description: "Largest answer in bytes. Default 4 MiB." },
  },
};

const output: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["status", "headers", "body"],
  properties: {
    status: { type: "integer" },
    headers: { type: "object", additionalProperties: { type: "string" }, description: "Names in lower case." },
    body: { description: "Parsed JSON when the answer says it is JSON, else text; null when empty." },
    encoding: { type: "string", const: "base64", description: "Present when body is bytes that are no text." },
  },
};

export const httpStage = defineStage({
  name: "http",
  kind: "effect",
  leavesNothing: ({ with: { method } }) => method === undefined || method === "GET" || method === "HEAD",
  title: "HTTP request",
  description:
    "Sends one HTTP request. POST, PUT, PATCH and DELETE carry an Idempotency-Key that is the same for every attempt.",
  examples: [
    'uses: http\nwith:\n  url: https://api.example.org/payments\n  method: POST\n  headers: { Authorization: "Bearer ${{ secrets.API_TOKEN }}" }\n  json: { amount: "${{ inputs.amount }}" }',
  ],
  input,
  output,
  sensitive: { url: "url" },
  check,
  async run(input, context) {
    const answer = await send(input as unknown as HttpRequest, context);
    return { outputs: answer as JsonObject };
  },
});

function check({ with: given }: StageInfo): readonly StageIssue[] {
  const issues: StageIssue[] = [];
  const fault = (key: string, message: string, help: string) =>
    issues.push({ code: "http-body", severity: "error", message, help, path: ["with", key], atKey: true });
  if (Object.hasOwn(given, "json") && Object.hasOwn(given, "body")) {
    fault("body", "json and body are two bodies for one request", "keep one of them");
  }
  const method = given["method"] ?? "GET";
  for (const key of ["json", "body"]) {
    if (Object.hasOwn(given, key) && (method === "GET" || method === "HEAD")) {
      fault(key, `${method} requests carry no body`, "set method: POST, or pass parameters in query");
    }
  }
  return issues;
}
