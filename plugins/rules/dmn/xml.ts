import { XMLParser, XMLValidator } from "fast-xml-parser";
import { StageError } from "stagecraft/plugin";

/** An element as the parser gives it: children and attributes by name. */
export interface Xml {
  readonly [name: string]: Xml | readonly Xml[] | string | undefined;
}

const LISTS = ["decision", "input", "output", "rule", "inputEntry", "outputEntry", "annotationEntry", "itemDefinition"];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  isArray: (name) => LISTS.includes(name) || name === "itemComponent" || name === "requiredDecision",
});

/** The root element's children. @throws StageError `dmn-invalid` */
export function readXml(text: string): Xml {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new StageError("dmn-invalid", `line ${valid.err.line}: ${valid.err.msg}`);
  const { definitions } = parser.parse(text) as { readonly definitions?: Xml };
  if (definitions !== undefined) return definitions;
  throw new StageError("dmn-invalid", "it has no element <definitions>");
}

export function listIn(parent: Xml | undefined, name: string): readonly Xml[] {
  const found = parent?.[name];
  return Array.isArray(found) ? (found as readonly Xml[]) : [];
}

export function childIn(parent: Xml | undefined, name: string): Xml | undefined {
  const found = parent?.[name];
  return typeof found === "object" && !Array.isArray(found) ? (found as Xml) : undefined;
}

/** An attribute, or the text of a child. */
export function textIn(parent: Xml | undefined, name: string): string | undefined {
  const found = parent?.[name];
  const text = typeof found === "string" ? found : (found as Xml | undefined)?.["#text"];
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}
