import { isObject, type Json, type JsonObject, nearest, StageError } from "stagecraft/plugin";
import { caution, type Finding, fault } from "./finding.js";

/** One table of a ruleset, and when it is in force. A ruleset without `versions` is one table, always in force. */
export interface Version {
  /** The whole table, with what all versions share. */
  readonly ruleset: JsonObject;
  readonly version: string | undefined;
  /** Milliseconds since the epoch: from the first on, up to and without the second. */
  readonly from: number;
  readonly until: number;
  /** Where what it says itself stands below the ruleset, and which keys those are. */
  readonly path: readonly (string | number)[];
  readonly keys: readonly string[];
}

/** Which version a stage wants. */
export interface Wanted {
  readonly version?: Json | undefined;
  /** A day, or a time with its zone. */
  readonly at?: Json | undefined;
}

const OWN = ["version", "validFrom", "validTo", "title", "description", "rules", "default"];
const SHARED = ["version", "rules"];
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const DAY_MS = 86_400_000;
const DATE_HELP = "a day such as 2026-07-01 (UTC), or a time such as 2026-07-01T00:00:00Z";

const read = new WeakMap<JsonObject, readonly Version[]>();

/** The tables of a ruleset, in the order of the file; made once for each. */
export function versionsOf(ruleset: JsonObject): readonly Version[] {
  const known = read.get(ruleset);
  if (known !== undefined) return known;
  const fresh = isVersioned(ruleset) ? entriesOf(ruleset) : [whole(ruleset)];
  read.set(ruleset, fresh);
  return fresh;
}

export function isVersioned({ versions }: JsonObject): boolean {
  return versions !== undefined;
}

/**
 * The version that is named, or that is in force at the time that is named.
 * @param start milliseconds since the epoch: what counts where nothing is named @throws StageError `rules-version`
 */
export function choose(name: string, ruleset: JsonObject, { version, at }: Wanted, start: number): Version {
  const all = versionsOf(ruleset);
  if (version !== undefined) {
    const found = all.find((one) => one.version === version);
    if (found !== undefined) return found;
    throw new StageError("rules-version", `ruleset ${name} has no version ${String(version)}`);
  }
  const time = at === undefined ? start : timeOf(at);
  if (time === undefined) throw new StageError("rules-version", `${JSON.stringify(at)} is no time: ${DATE_HELP}`);
  const found = all.filter(({ from, until }) => from <= time && time < until);
  if (found.length === 1) return found[0] as Version;
  const versions = found.map((one) => one.version).join(" and ");
  const when = new Date(time).toISOString();
  const what = versions === "" ? "no version is" : `versions ${versions} are`;
  throw new StageError("rules-version", `ruleset ${name}: ${what} in force at ${when}`);
}

/** What is wrong with the list itself. `byDate`: some stage asks for what is in force at a time. */
export function checkVersions(ruleset: JsonObject, byDate: boolean): Finding[] {
  const { versions } = ruleset;
  if (versions === undefined) return [];
  if (!Array.isArray(versions) || versions.length === 0 || !versions.every(isObject)) {
    return [fault("rules-table", ["versions"], "`versions` is a list of tables: { version, validFrom, rules }")];
  }
  const shared = SHARED.filter((key) => Object.hasOwn(ruleset, key)).map((key) => ({
    ...fault("rules-table", [key], `with \`versions\`, \`${key}\` belongs to each of them`),
    atKey: true,
  }));
  const own = versions.flatMap((entry, index) => checkEntry(entry as JsonObject, index, versions));
  const findings = [...shared, ...own];
  return findings.length > 0 || !byDate ? findings : checkDates(versionsOf(ruleset));
}

/** Of a stage that names one. */
export function missingVersion(ruleset: JsonObject, version: string): { message: string; help: string } | undefined {
  const known = versionsOf(ruleset).flatMap((one) => one.version ?? []);
  if (known.includes(version)) return undefined;
  const near = nearest(version, known);
  const help = near === undefined ? `versions: ${known.join(", ") || "none"}` : `did you mean ${near}?`;
  return { message: `the ruleset has no version ${version}`, help };
}

function checkEntry(entry: JsonObject, index: number, all: readonly Json[]): Finding[] {
  const at = (key: string) => ["versions", index, key];
  const findings: Finding[] = [];
  for (const key of Object.keys(entry)) {
    if (OWN.includes(key) || key.startsWith("x-")) continue;
    const help = `a version has ${OWN.join(", ")}; what all share stands beside \`versions\``;
    findings.push({ ...fault("rules-table", at(key), `a version has no \`${key}\``, help), atKey: true });
  }
  const { version, validFrom, validTo } = entry;
  if (typeof version !== "string" || version === "") {
    findings.push(fault("rules-version", ["versions", index], "a version has a name", 'version: "2"'));
  } else if (all.findIndex((other) => (other as JsonObject)["version"] === version) < index) {
    findings.push(fault("rules-version", at("version"), `there are two versions ${version}`));
  }
  for (const [key, value] of Object.entries({ validFrom, validTo })) {
    if (value === undefined || timeOf(value) !== undefined) continue;
    findings.push(fault("rules-version", at(key), `${JSON.stringify(value)} is no time`, DATE_HELP));
  }
  if (findings.length > 0) return findings;
  const [from, until] = [startOf(validFrom), endOf(validTo)];
  return from < until ? [] : [fault("rules-version", at("validTo"), "it ends before it begins")];
}

/** Between the first and the last day exactly one is to be in force. */
function checkDates(versions: readonly Version[]): Finding[] {
  const inOrder = [...versions].sort((one, other) => one.from - other.from);
  const findings: Finding[] = [];
  let last = inOrder[0] as Version;
  for (const next of inOrder.slice(1)) {
    if (next.from < last.until) {
      const message = `versions ${last.version} and ${next.version} are both in force${from(next.from)}`;
      findings.push(fault("rules-version-overlap", next.path, message, "give one a `validTo` before the other begins"));
    } else if (next.from > last.until) {
      const [end, start] = [last.until, next.from].map((time) => new Date(time).toISOString());
      const message = `no version is in force from ${end} to ${start}: a run that asks then fails`;
      findings.push(caution("rules-version-gap", next.path, message, "`validTo` names the last day itself"));
    }
    if (next.until > last.until) last = next;
  }
  return findings;
}

function from(time: number): string {
  return time === Number.NEGATIVE_INFINITY ? "" : ` from ${new Date(time).toISOString()}`;
}

function entriesOf({ versions, ...shared }: JsonObject): readonly Version[] {
  if (!Array.isArray(versions)) return [];
  return versions.filter(isObject).map((entry, index): Version => {
    const { validFrom, validTo, ...own } = entry;
    return {
      ruleset: { ...shared, ...own },
      version: typeof entry["version"] === "string" ? entry["version"] : undefined,
      from: startOf(validFrom),
      until: endOf(validTo),
      path: ["versions", index],
      keys: Object.keys(own),
    };
  });
}

function whole(ruleset: JsonObject): Version {
  const { version } = ruleset;
  return {
    ruleset,
    version: typeof version === "string" ? version : undefined,
    from: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    path: [],
    keys: [],
  };
}

function timeOf(value: Json | undefined): number | undefined {
  if (typeof value !== "string" || !(DAY.test(value) || TIME.test(value))) return undefined;
  const day = value.slice(0, 10);
  const midnight = Date.parse(day);
  // The thirtieth of February would be read as the second of March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function startOf(validFrom: Json | undefined): number {
  return timeOf(validFrom) ?? Number.NEGATIVE_INFINITY;
}

/** A day that `validTo` names is part of it to its end. */
function endOf(validTo: Json | undefined): number {
  const time = timeOf(validTo);
  if (time === undefined) return Number.POSITIVE_INFINITY;
  return DAY.test(String(validTo)) ? time + DAY_MS : time;
}
