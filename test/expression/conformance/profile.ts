/** One test of the official CEL suite, as JSON. */
export interface SuiteTest {
  readonly name: string;
  readonly expr: string;
  readonly value?: SuiteValue;
  readonly evalError?: object;
  readonly bindings?: Readonly<Record<string, { readonly value: SuiteValue }>>;
  readonly container?: string;
  readonly typedResult?: object;
  readonly checkOnly?: boolean;
  readonly typeEnv?: readonly { readonly ident?: { readonly type?: { readonly messageType?: string } } }[];
}

export interface SuiteValue {
  readonly int64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly nullValue?: null;
  readonly listValue?: { readonly values?: readonly SuiteValue[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: SuiteValue; readonly value: SuiteValue }[] };
  readonly objectValue?: { readonly "@type": string; readonly value: string };
}

/** Sections of the suite about what the language leaves out, and why. */
const LEFT_OUT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(proto2|proto3|proto2_ext|enums|dynamic)\/|\/eq_wrapper$/,
    "protocol buffer messages: the language computes with JSON",
  ],
  [/^(bindings_ext|block_ext|encoders_ext|math_ext|macros2)\//, "an extension of CEL that is not part of the language"],
  [/^string_ext\/(quote|format|format_errors)$/, "`format` and `quote`: texts are made with `+` and `${{ }}`"],
  [
    /^conversions\/(bytes|uint)$|\/bytes_literals$|\/bytes_concat$|\/uint64_math$/,
    "bytes and unsigned numbers: not in JSON",
  ],
  [/^conversions\/type$/, "types as values: `type(x)` gives a text"],
  [/^type_deductions\//, "the types CEL's own checker deduces"],
  [/^(namespace\/|fields\/qualified_identifier_resolution$)/, "names with dots in them: a dot always reads a field"],
];

/** Results of the official suite that the language differs from on purpose: section and name, and why. */
export const DEVIATIONS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^basic\/functions unbound_is_runtime_error$|^parse\/receiver_function_names /,
    "A function that does not exist is found out before the run, wherever it stands; CEL lets `|| true` hide it.",
  ],
  [
    /^comparisons\/\w+ (?:not_)?(?:eq|ne)_(?:int_)?double_nan$|^fp_math\/fp_math (?:divide_zero|fp_overflow_\w+)$/,
    "Division by zero and overflow are errors: JSON has neither infinity nor not-a-number, and a wrong amount must not go on.",
  ],
  [
    /^integer_math\/int64_math int64_overflow_mul_\w+$|^conversions\/int double_(?:int_\w+_)?range$/,
    "There is one kind of number, a double: nothing ends at 2^63.",
  ],
  [
    /^fp_math\/fp_math mod_not_support$/,
    "`%` works on every number, and decimals come out as written: `47.5 % 5.5` is 3.5.",
  ],
  [
    /^optionals\/optionals map_null_entry_no_such_key$/,
    "Null on the way counts as absent under `.?`, `has`, `coalesce` and `get`: JSON data says null where it has nothing.",
  ],
  [
    /^timestamps\/timestamp_selectors_tz /,
    "A zone is an offset such as `+05:30`: names of places need data that differs from machine to machine, and a replay must not.",
  ],
  [
    /^timestamps\/timestamp_conversions toString_timestamp_nanos$|^timestamps\/timestamp_range add_duration_nanos_/,
    "Time counts in milliseconds.",
  ],
  [/^timestamps\/timestamp_range sub_time_duration_/, "A duration reaches 10,000 years; CEL's ends at 292."],
];

/** Why a test is outside the language, or undefined when it is inside. */
export function leftOut(section: string, test: SuiteTest): string | undefined {
  const { expr } = test;
  const bySection = LEFT_OUT.find(([pattern]) => pattern.test(section));
  if (bySection) return bySection[1];
  if (/TestAllTypes|google\.protobuf|cel\.expr/.test(expr) || usesMessages(test)) return LEFT_OUT[0]![1];
  if (/\d[uU]\b|\buint\(|(?:^|[^\w'"])[bB][rR]?['"]|\bbytes\(/.test(expr)) return LEFT_OUT[3]![1];
  if (hasForeign(test)) return LEFT_OUT[3]![1];
  if (/\btype\(|\b(?:int|string|bool|double|list|map)\s*==|== *(?:int|string|bool|double)\b/.test(expr))
    return LEFT_OUT[4]![1];
  if (/\bopt(?:Map|FlatMap)\b/.test(expr)) return LEFT_OUT[1]![1];
  if (isBeyond(expr) || isBeyond(JSON.stringify(test.value ?? "")))
    return "whole numbers beyond 2^53: write decimal(…)";
  if (
    /[{,] *(?:true|false|\d+(?:\.\d+)?|[a-z_]+|dyn\(.*?\)) *:/.test(expr) ||
    /\[\?? *(?:true|false)\]|\b(?:\d|true) in \{/.test(expr)
  ) {
    return "keys that are no texts: a JSON object has none";
  }
  return undefined;
}

function isBeyond(text: string): boolean {
  return (text.match(/\d{16,}(?![\d.])/g) ?? []).some((digits) => !Number.isSafeInteger(Number(digits)));
}

function usesMessages(test: SuiteTest): boolean {
  const declared = JSON.stringify(test.typeEnv ?? "");
  return /messageType":"(?!google\.protobuf\.(?:Timestamp|Duration))/.test(declared);
}

function hasForeign(test: SuiteTest): boolean {
  return /"(?:uint64Value|bytesValue|typeValue|enumValue)"/.test(
    JSON.stringify([test.value ?? null, test.bindings ?? null]),
  );
}
