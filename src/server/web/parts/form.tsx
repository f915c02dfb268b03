import { isObject, type Json, type JsonObject, type JsonSchema } from "../../../core/json.js";

/** Text of each field as typed; what it means is said by its schema. */
export type Draft = Readonly<Record<string, string | boolean>>;

interface FormProps {
  readonly fields: Readonly<Record<string, JsonSchema>>;
  readonly required: ReadonlySet<string>;
  readonly draft: Draft;
  readonly prefix: string;
  onDraft(draft: Draft): void;
}

/** A form from a JSON Schema: one control for each property. What is not flat is typed as JSON. */
export function SchemaForm({ fields, required, draft, prefix, onDraft }: FormProps) {
  return (
    <>
      {Object.entries(fields).map(([name, schema]) => (
        <Field
          key={name}
          id={`${prefix}-${name}`}
          name={name}
          schema={schema}
          isRequired={required.has(name)}
          value={draft[name]}
          onValue={(value) => onDraft({ ...draft, [name]: value })}
        />
      ))}
    </>
  );
}

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly value: string | boolean | undefined;
  onValue(value: string | boolean): void;
}

function Field({ id, name, schema, isRequired, value, onValue }: FieldProps) {
  const description = text(schema["description"]);
  const title = text(schema["title"]) ?? name;
  const common = { id, required: isRequired, "aria-describedby": description === undefined ? undefined : `${id}-help` };
  return (
    <div class="field">
      <label for={id}>
        {title} {isRequired ? <span class="muted">required</span> : null}
      </label>
      <Control common={common} schema={schema} value={value} onValue={onValue} />
      {description !== undefined && (
        <p class="help" id={`${id}-help`}>
          {description}
        </p>
      )}
    </div>
  );
}

interface ControlProps extends Pick<FieldProps, "schema" | "value" | "onValue"> {
  readonly common: { readonly id: string; readonly required: boolean; readonly "aria-describedby": string | undefined };
}

function Control({ common, schema, value, onValue }: ControlProps) {
  const typed = typeof value === "string" ? value : undefined;
  const preset = schema["default"] === undefined ? "" : written(schema["default"]);
  const type = typeOf(schema);
  if (Array.isArray(schema["enum"])) {
    return (
      <select {...common} value={typed ?? preset} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">–</option>
        {(schema["enum"] as readonly Json[]).map((option) => (
          <option key={written(option)}>{written(option)}</option>
        ))}
      </select>
    );
  }
  if (type === "boolean") {
    const { required: _, ...rest } = common;
    const isChecked = value === undefined ? schema["default"] === true : value === true;
    return (
      <input {...rest} type="checkbox" checked={isChecked} onChange={(event) => onValue(event.currentTarget.checked)} />
    );
  }
  const onInput = (event: { currentTarget: { value: string } }) => onValue(event.currentTarget.value);
  const isLong = type === "object" || type === "array" || Number(schema["maxLength"] ?? 0) > 200;
  if (isLong) {
    const hint = type === "object" ? "{ } as JSON" : type === "array" ? "[ ] as JSON" : "";
    return (
      <textarea {...common} rows={4} placeholder={hint} value={typed ?? preset} onInput={onInput} spellcheck={false} />
    );
  }
  if (type === "number" || type === "integer") {
    const step = type === "integer" ? 1 : "any";
    const bounds = { ...number("min", schema["minimum"]), ...number("max", schema["maximum"]) };
    return <input {...common} type="number" step={step} {...bounds} value={typed ?? preset} onInput={onInput} />;
  }
  if (schema["format"] === "date") return <input {...common} type="date" value={typed ?? preset} onInput={onInput} />;
  return <input {...common} type="text" value={typed ?? preset} onInput={onInput} autocomplete="off" />;
}

/** What the draft means; a field left empty is left out. @throws SyntaxError with the name of a field that is not JSON */
export function valuesOf(fields: Readonly<Record<string, JsonSchema>>, draft: Draft): JsonObject {
  const values: [string, Json][] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const typed = draft[name];
    if (typeof typed === "boolean") values.push([name, typed]);
    else if (typed !== undefined && typed !== "") values.push([name, meant(name, schema, typed)]);
  }
  return Object.fromEntries(values);
}

export function fieldsOf(form: JsonSchema | undefined): Readonly<Record<string, JsonSchema>> {
  const properties = form?.["properties"];
  return isObject(properties) ? (properties as Readonly<Record<string, JsonSchema>>) : {};
}

export function requiredOf(form: JsonSchema | undefined): ReadonlySet<string> {
  const required = form?.["required"];
  return new Set(Array.isArray(required) ? (required as readonly string[]) : []);
}

function meant(name: string, schema: JsonSchema, typed: string): Json {
  const type = typeOf(schema);
  const option = (schema["enum"] as readonly Json[] | undefined)?.find((one) => written(one) === typed);
  if (option !== undefined) return option;
  if (type === "number" || type === "integer") return Number(typed);
  if (type === "string") return typed;
  try {
    return JSON.parse(typed);
  } catch {
    if (type === undefined) return typed;
    throw new SyntaxError(`${name} is not JSON`);
  }
}

function typeOf(schema: JsonSchema): string | undefined {
  const { type } = schema;
  if (Array.isArray(type)) return (type as readonly string[]).find((one) => one !== "null");
  return text(type);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function written(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function number(name: string, value: Json | undefined) {
  return typeof value === "number" ? { [name]: value } : {};
}
