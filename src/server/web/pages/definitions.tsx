import type { DefinitionDocument, DefinitionEntryDocument } from "../../schema/documents.js";
import { may } from "../api.js";
import { Graph } from "../graph/canvas.js";
import { Icon } from "../parts/icon.js";
import { Fault, Loading, useLoad } from "../parts/load.js";
import { Link } from "../router.js";
import { plural } from "../text.js";

export function Definitions({ chosen }: { readonly chosen: string | undefined }) {
  const list = useLoad<{ items: DefinitionEntryDocument[] }>("/definitions", 5_000);
  const shown = chosen ?? list.value?.items[0]?.id;
  return (
    <>
      <div class="head">
        <h1>Definitions</h1>
      </div>
      <Fault fault={list.fault} />
      {list.value === undefined && list.fault === undefined && <Loading />}
      {list.value?.items.length === 0 && (
        <div class="empty">
          <h2>No definitions yet</h2>
          <p>
            Write a first one: <code>npx stagecraft new workflow NAME</code>
          </p>
        </div>
      )}
      <div class="inbox">
        <ul class="cards" aria-label="Definitions">
          {list.value?.items.map((entry) => (
            <li key={entry.id}>
              <Link to={`/definitions/${entry.id}`} current={entry.id === shown}>
                <strong>{entry.title ?? entry.id}</strong>
                <span class="muted">
                  {entry.id} {entry.version}
                </span>
                <Findings errors={entry.errors} warnings={entry.warnings} />
              </Link>
            </li>
          ))}
        </ul>
        {shown !== undefined && <Definition key={shown} id={shown} />}
      </div>
    </>
  );
}

function Findings({ errors, warnings }: { readonly errors: number; readonly warnings: number }) {
  if (errors > 0)
    return (
      <span class="status tone-bad">
        <Icon name="bad" /> {plural(errors, "error")}
      </span>
    );
  if (warnings > 0)
    return (
      <span class="status tone-wait">
        <Icon name="wait" /> {plural(warnings, "warning")}
      </span>
    );
  return (
    <span class="status tone-done">
      <Icon name="done" /> valid
    </span>
  );
}

function Definition({ id }: { readonly id: string }) {
  const { value, fault } = useLoad<DefinitionDocument>(`/definitions/${encodeURIComponent(id)}`);
  if (value === undefined) return fault === undefined ? <Loading /> : <Fault fault={fault} />;
  return (
    <article class="definition">
      <div class="head">
        <h2>
          {value.title ?? value.id} <span class="muted">{value.version}</span>
        </h2>
        {may("operate") && value.plan !== null && (
          <Link to={`/?start=${encodeURIComponent(value.id)}`} class="button main">
            Start a run
          </Link>
        )}
      </div>
      <p class="muted">
        <code>{value.file}</code> · <Link to={`/?workflow=${value.id}`}>its runs</Link>
      </p>
      {value.findings.length > 0 && (
        <ul class="findings" aria-label="Findings">
          {value.findings.map((found) => (
            <li key={`${found.code}:${found.range.start.offset}:${found.message}`} class={found.severity}>
              <strong>{found.severity}</strong> line {found.range.start.line}: {found.message} <code>{found.code}</code>
              {found.help !== undefined && <p class="muted">{found.help}</p>}
            </li>
          ))}
        </ul>
      )}
      {value.plan !== null && <Graph plan={value.plan} />}
      <Source text={value.source} findings={value.findings} />
    </article>
  );
}

function Source({ text, findings }: { readonly text: string; readonly findings: DefinitionDocument["findings"] }) {
  const marked = new Map(findings.map((found) => [found.range.start.line, found.severity]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: what it is made of is text, not fields
    <pre class="source" tabIndex={0} role="group" aria-label="YAML">
      {text.split("\n").map((line, at) => (
        <span key={at} class={`line ${marked.get(at + 1) ?? ""}`}>
          <span class="number" aria-hidden="true">
            {at + 1}
          </span>
          {line}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
