/**
 * What SARIF 2.1.0 (OASIS, sections 3.13 to 3.58) requires of the parts of a log that we write, and nothing else allowed in
 * them: a subset of the official schema, which no package of the registry brings.
 */
const text = { type: "string", minLength: 1 };
const index = { type: "integer", minimum: -1 };
const place = { type: "integer", minimum: 1 };
const closed = (required: readonly string[], properties: object) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const message = closed(["text"], { text });

const rule = closed(["id"], { id: text, shortDescription: message, help: message });

const region = closed(["startLine"], { startLine: place, startColumn: place, endLine: place, endColumn: place });

const location = closed(["physicalLocation"], {
  physicalLocation: closed(["artifactLocation"], {
    artifactLocation: closed(["uri"], { uri: { type: "string", format: "uri-reference" } }),
    region,
  }),
});

const result = closed(["message", "ruleId"], {
  ruleId: text,
  ruleIndex: index,
  level: { enum: ["none", "note", "warning", "error"] },
  message,
  locations: { type: "array", items: location },
});

const run = closed(["tool"], {
  tool: closed(["driver"], {
    driver: closed(["name"], {
      name: text,
      semanticVersion: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+" },
      rules: { type: "array", uniqueItems: true, items: rule },
    }),
  }),
  columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
  results: { type: "array", items: result },
});

export const SARIF_SCHEMA = closed(["version", "runs"], {
  $schema: { type: "string", format: "uri" },
  version: { const: "2.1.0" },
  runs: { type: "array", items: run },
});
