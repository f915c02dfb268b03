import type { Json } from "../../../core/json.js";
import { isObject } from "../../../core/json.js";

const LONG = 600;

/** Any JSON, as little of it as a reader needs: short objects as rows, the rest as text. */
export function Value({ value, label }: { readonly value: Json | undefined; readonly label: string }) {
  if (value === undefined || value === null) return <span class="muted">nothing</span>;
  if (isObject(value) && Object.keys(value).length > 0 && Object.keys(value).length <= 40) {
    return (
      <dl class="rows">
        {Object.entries(value).map(([name, inner]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Plain value={inner} label={`${label} ${name}`} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <Plain value={value} label={label} />;
}

function Plain({ value, label }: { readonly value: Json; readonly label: string }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
  if (!text.includes("\n") && text.length <= 80) return <code class="plain">{text}</code>;
  if (text.length <= LONG) return <Block text={text} label={label} />;
  return (
    <details>
      <summary>
        <code class="plain">{text.slice(0, 60).replace(/\s+/g, " ")}…</code>
      </summary>
      <Block text={text} label={label} />
    </details>
  );
}

/** Can be scrolled, so it can also be reached without a mouse. */
function Block({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: what it is made of is text, not fields
    <pre tabIndex={0} role="group" aria-label={label}>
      {text}
    </pre>
  );
}
