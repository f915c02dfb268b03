import type { JsonObject, Tool } from "stagecraft/plugin";
import { send } from "./request.js";

/** A model's window is small: more than this helps nobody. */
const MAX_BYTES = 256 * 1024;

export const httpGet: Tool = {
  name: "http.get",
  description: "Fetch a web address with GET and return its status and body.",
  input: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      url: { type: "string", pattern: "^https?://", description: "Whole address, starting with http:// or https://." },
      query: {
        type: "object",
        additionalProperties: { type: ["string", "number", "boolean"] },
        description: "Parameters added to the address.",
      },
    },
  },
  settings: {
    type: "object",
    additionalProperties: false,
    properties: {
      hosts: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "Hosts, or hosts with a port, that may be asked though they are not on the public internet.",
      },
    },
  },
  async run(input, context, settings) {
    const request = { url: String(input["url"]), query: (input["query"] ?? {}) as JsonObject, maxBytes: MAX_BYTES };
    const { publicFetch } = await import("./addresses.js");
    const hosts = (settings?.["hosts"] ?? []) as string[];
    const { status, body, encoding } = await send(request, context, publicFetch(hosts));
    return encoding === undefined ? { status, body } : { status, body, encoding };
  },
};
