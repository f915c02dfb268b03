import { getLanguageService, type LanguageService, TextDocument } from "yaml-language-server";
import { SettingsState } from "yaml-language-server/out/server/src/yamlSettings.js";
import type { JsonSchema } from "../../src/core/json.js";

/** What an editor shows with the YAML extension; `¦` in a text is the cursor. */
export interface Editor {
  /** Labels offered at the cursor. */
  complete(text: string): Promise<readonly string[]>;
  /** What is inserted for a label, with its tab stops. */
  inserted(text: string, label: string): Promise<string | undefined>;
  hover(text: string): Promise<string>;
  /** `line message`, in order. */
  problems(text: string): Promise<readonly string[]>;
}

/** The server asks for a newer kind of document than it exports, and uses nothing of what is new. */
type Opened = Parameters<LanguageService["doComplete"]>[0];

/** The language server of the YAML extension, in this process, with one schema. */
export function openEditor(schema: JsonSchema): Editor {
  // The server ties the references of the object it is given into circles.
  const text = JSON.stringify(schema);
  const service = getLanguageService({
    schemaRequestService: async (uri) => {
      // What a file's first line may name; nothing else is fetched.
      if (uri.endsWith("/workflow.schema.json")) return text;
      throw new Error(`nothing is fetched: ${uri}`);
    },
    workspaceContext: { resolveRelativePath: (path) => path },
    yamlSettings: new SettingsState(),
  });
  service.configure({
    validate: true,
    completion: true,
    hover: true,
    schemas: [{ uri: "memory://workflow.schema.json", fileMatch: ["*.workflow.yaml"], schema: JSON.parse(text) }],
  });
  let opened = 0;
  // Parsed documents are kept by their uri.
  const open = (marked: string) => {
    const offset = marked.indexOf("¦");
    const uri = `file:///project/${++opened}.workflow.yaml`;
    const document = TextDocument.create(uri, "yaml", 1, marked.replace("¦", "")) as Opened;
    return { document, position: document.positionAt(Math.max(0, offset)) };
  };
  const items = async (marked: string) => {
    const { document, position } = open(marked);
    return (await service.doComplete(document, position, false)).items;
  };
  return {
    complete: async (marked) => (await items(marked)).map(({ label }) => label),
    inserted: async (marked, wanted) => {
      const item = (await items(marked)).find(({ label }) => label === wanted);
      return item?.textEdit?.newText ?? item?.insertText;
    },
    hover: async (marked) => {
      const { document, position } = open(marked);
      const contents = (await service.doHover(document, position))?.contents;
      return typeof contents === "object" && "value" in contents ? contents.value : String(contents ?? "");
    },
    problems: async (marked) => {
      const { document } = open(marked);
      const found = await service.doValidation(document, false);
      return found.map(({ range, message }) => `${range.start.line + 1} ${message}`);
    },
  };
}
