import { useState } from "preact/hooks";
import type { JsonSchema } from "../../../core/json.js";
import type { DefinitionDocument, DefinitionEntryDocument, RunDocument } from "../../schema/documents.js";
import { type ApiFault, post } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { type Draft, SchemaForm, valuesOf } from "../parts/form.js";
import { asFault, Fault, useLoad } from "../parts/load.js";
import { place } from "../router.js";

interface StartProps {
  readonly definitions: readonly DefinitionEntryDocument[];
  onClose(): void;
  onStarted(run: string): void;
}

/** Starts a run: a definition, and a form made of its inputs. */
export function StartDialog({ definitions, onClose, onStarted }: StartProps) {
  const [id, setId] = useState(place.value.query.get("start") ?? "");
  const [draft, setDraft] = useState<Draft>({});
  const [fault, setFault] = useState<ApiFault>();
  // One key for one form: a click too many starts nothing more.
  const [key, setKey] = useState(newKey);
  const { value: definition } = useLoad<DefinitionDocument>(
    id === "" ? null : `/definitions/${encodeURIComponent(id)}`,
  );
  const fields = (definition?.inputs ?? {}) as Readonly<Record<string, JsonSchema>>;
  const isNeeded = (name: string) => fields[name]?.["default"] === undefined && !definition?.optional.includes(name);
  const change = (changed: Draft) => {
    setDraft(changed);
    setKey(newKey());
  };
  const choose = (chosen: string) => {
    setId(chosen);
    change({});
    setFault(undefined);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const inputs = valuesOf(fields, draft);
      const run = await post<RunDocument>("/runs", { definition: id, inputs }, key);
      onStarted(run.id);
    } catch (error) {
      setFault(asFault(error));
    }
  };
  return (
    <Dialog title="Start a run" onClose={onClose}>
      <form onSubmit={submit}>
        <div class="field">
          <label for="definition">Definition</label>
          <select id="definition" required value={id} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">Choose…</option>
            {definitions.map((entry) => (
              <option key={entry.id} value={entry.id} disabled={entry.errors > 0}>
                {entry.title ?? entry.id}
                {entry.errors > 0 ? " (has errors)" : ""}
              </option>
            ))}
          </select>
        </div>
        <SchemaForm
          prefix="input"
          fields={fields}
          required={new Set(Object.keys(fields).filter(isNeeded))}
          draft={draft}
          onDraft={change}
        />
        <Fault fault={fault} />
        <div class="actions">
          <button type="submit" class="main" disabled={definition?.plan == null}>
            Start
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Unlike any other; `crypto.randomUUID` is not there where the page comes without TLS from another machine. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
