/** Other languages' words for the types of JSON Schema. */
export const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ...["text", "str", "char", "varchar"].map((word): [string, string] => [word, "string"]),
  ...["int", "long", "whole"].map((word): [string, string] => [word, "integer"]),
  ...["float", "double", "decimal", "money", "num", "amount"].map((word): [string, string] => [word, "number"]),
  ["bool", "boolean"],
  ...["list", "tuple", "set"].map((word): [string, string] => [word, "array"]),
  ...["map", "dict", "mapping", "record", "struct", "json"].map((word): [string, string] => [word, "object"]),
  ["date", "string, format: date"],
  ...["datetime", "date-time", "timestamp"].map((word): [string, string] => [word, "string, format: date-time"]),
  ["duration", "string, format: duration"],
  ["email", "string, format: email"],
  ["uuid", "string, format: uuid"],
  ...["url", "uri"].map((word): [string, string] => [word, "string, format: uri"]),
  ["enum", "string, enum: [ … ]"],
]);
