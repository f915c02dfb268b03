/** Reads a project's own price table: what models cost that nobody else lists, or what was agreed with a provider. */
import fs from "node:fs";
import path from "node:path";
import { StagecraftError } from "../core/errors.js";
import type { PriceRow } from "../core/price.js";

const dollars = { type: "number", minimum: 0, description: "US dollars per million tokens." };

/** Of every price table, the shipped ones included. */
export const PRICE_TABLE = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Price table",
  description: "What models cost, each price with the day on which its source said so.",
  type: "object",
  additionalProperties: false,
  required: ["prices"],
  properties: {
    $schema: { type: "string" },
    prices: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["provider", "model", "date", "source", "input", "output"],
        properties: {
          provider: { type: "string", minLength: 1, description: "Name of the agent provider, such as openai." },
          model: { type: "string", minLength: 1, description: "As the agent names it." },
          date: {
            type: "string",
            pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
            description: "The day its source said so, UTC. It holds from then until the next row of the model.",
          },
          source: { type: "string", minLength: 1, description: "Where it is written: an address, a contract." },
          input: dollars,
          cachedInput: { ...dollars, description: "Of input read from the provider's cache; without it, as input." },
          output: dollars,
        },
      },
    },
  },
};

/** @throws StagecraftError `config-invalid` */
export async function readPrices(file: string): Promise<readonly PriceRow[]> {
  const name = path.relative(process.cwd(), file) || file;
  const table = parsed(file, name);
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const check = new Ajv2020({ allErrors: true }).compile<{ prices: readonly PriceRow[] }>(PRICE_TABLE);
  if (!check(table)) {
    const faults = (check.errors ?? []).map(({ instancePath, message, params }) => {
      const more = typeof params["additionalProperty"] === "string" ? `: ${params["additionalProperty"]}` : "";
      return `${name}${instancePath.replaceAll("/", ".")} ${message}${more}`;
    });
    throw invalid(faults.join("\n"));
  }
  for (const [index, row] of table.prices.entries()) {
    const isTwice = table.prices
      .slice(0, index)
      .some(({ provider, model, date }) => provider === row.provider && model === row.model && date === row.date);
    if (isTwice) throw invalid(`${name} has two prices of ${row.provider}/${row.model} for ${row.date}`);
  }
  return table.prices;
}

function parsed(file: string, name: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw invalid(`${name} cannot be read as JSON: ${(error as Error).message}`);
  }
}

function invalid(message: string): StagecraftError {
  return new StagecraftError("config-invalid", message, {
    help: "its form is in schemas/prices.schema.json; `prices` of stagecraft.config.yaml names the file",
  });
}
