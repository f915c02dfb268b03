import type { Diagnostic } from "../../core/diagnostic.js";
import { StagecraftError } from "../../core/errors.js";
import { nearest } from "../../core/suggest.js";
import type { DefinitionHeader, ServedProject } from "../ports.js";
import { type Route, route } from "../route.js";
import { Definition, DefinitionList } from "../schema/documents.js";

const tag = "definitions";

const list = route({
  method: "get",
  path: "/definitions",
  id: "listDefinitions",
  summary: "The definitions of the project, with how many findings each has.",
  tag,
  needs: "read",
  answers: { 200: { description: "all of them", schema: DefinitionList } },
  async handle(_, { project }) {
    const headers = await project.definitions();
    const items = await Promise.all(
      headers.map(async (header) => {
        const { reading } = await project.read(header.file);
        const [errors, warnings] = [count(reading.diagnostics, "error"), count(reading.diagnostics, "warning")];
        return { ...document(header), errors, warnings };
      }),
    );
    return { body: { items } };
  },
});

const show = route({
  method: "get",
  path: "/definitions/{definition}",
  id: "showDefinition",
  summary: "A definition as it stands in the project now: YAML, plan and findings.",
  tag,
  needs: "read",
  answers: { 200: { description: "the definition", schema: Definition } },
  async handle({ param }, { project }) {
    const header = await headerOf(project, param("definition"));
    const { file, text, reading } = await project.read(header.file);
    const { plan, diagnostics } = reading;
    const { inputs = null, optional = [] } = plan?.workflow ?? {};
    const body = {
      ...document(header),
      file,
      source: text,
      findings: diagnostics,
      plan: plan ?? null,
      inputs,
      optional,
    };
    return { body };
  },
});

/** Only what the project lists: a path from outside would be any file of the machine. @throws StagecraftError `unknown-definition` */
export async function headerOf(project: ServedProject, id: string): Promise<DefinitionHeader> {
  const headers = await project.definitions();
  const found = headers.find((header) => header.id === id);
  if (found !== undefined) return found;
  const ids = headers.map((header) => header.id);
  const close = nearest(id, ids);
  throw new StagecraftError("unknown-definition", `there is no definition ${id}`, {
    help: close === undefined ? `definitions: ${ids.join(", ")}` : `did you mean ${close}?`,
  });
}

function document({ id, title, version, domain }: DefinitionHeader) {
  return { id, title: title ?? null, version: version ?? null, domain: domain ?? null };
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic["severity"]): number {
  return diagnostics.filter((found) => found.severity === severity).length;
}

export const definitionRoutes: readonly Route[] = [list, show];
