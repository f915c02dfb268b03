import { isObject, type Json } from "../../core/json.js";
import type { PolicyPlan, Template } from "../../core/plan.js";
import type { Path } from "../findings.js";
import type { Space, Spot, SpotEdge } from "./space.js";

/** A person a policy speaks of. */
export type Person =
  | { readonly text: string; readonly path: Path; readonly input: readonly string[] }
  | { readonly text: string; readonly path: Path; readonly spot: Spot };

/** A policy as written, its names looked up. */
export interface Policy {
  readonly id: string;
  readonly path: Path;
  readonly stage: Spot | undefined;
  readonly requires: readonly { readonly edge: SpotEdge; readonly text: string; readonly path: Path }[];
  readonly when: Template | undefined;
  readonly mustCompensate: boolean;
  readonly distinct: readonly Person[];
}

/** `a.outcome` in its two parts; the plain edge has no outcome. */
export function splitEdge(text: string): { readonly id: string; readonly outcome: string | null } {
  const dot = text.indexOf(".");
  return dot === -1 ? { id: text, outcome: null } : { id: text.slice(0, dot), outcome: text.slice(dot + 1) };
}

/** The policies of a definition whose names have been checked. */
export function policiesOf(raw: Json | undefined, space: Space): readonly Policy[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isObject).map((body, index): Policy => {
    const path = ["policies", index];
    const stage = typeof body["stage"] === "string" ? spotOf(space, body["stage"], undefined) : undefined;
    return {
      id: String(body["id"]),
      path,
      stage,
      requires: texts(body["requires"]).flatMap((text, at) => {
        const { id, outcome } = splitEdge(text);
        const spot = spotOf(space, id, stage);
        return spot === undefined ? [] : [{ edge: { spot, outcome }, text, path: [...path, "requires", at] }];
      }),
      when: body["when"],
      mustCompensate: body["mustCompensate"] === true,
      distinct: texts(body["distinct"]).flatMap((text, at): Person[] => {
        const place = [...path, "distinct", at];
        if (text.startsWith("inputs.")) return [{ text, path: place, input: text.split(".").slice(1) }];
        const spot = spotOf(space, text, undefined);
        return spot === undefined ? [] : [{ text, path: place, spot }];
      }),
    };
  });
}

/** The stage meant by an id: one that `near` could name itself, else the one of the definition, else one it calls. */
export function spotOf(space: Space, id: string, near: Spot | undefined): Spot | undefined {
  for (let at = near; at !== undefined; at = at.owner) {
    const found = at.beside.get(id);
    if (found !== undefined) return found;
  }
  return namesakes(space, id)[0];
}

/** All stages of an id; those of called workflows only where the definition itself has none. */
export function namesakes({ spots }: Space, id: string): readonly Spot[] {
  const all = spots.filter(({ plan }) => plan.id === id);
  const own = all.filter(({ workflow }) => workflow === spots[0]?.workflow);
  return own.length > 0 ? own : all;
}

/** As the run is held to them. */
export function compilePolicy({ id, stage, requires, when, mustCompensate, distinct }: Policy): PolicyPlan {
  return {
    id,
    ...(stage !== undefined && { stage: stage.address }),
    requires: requires.map(({ edge }) => ({ stage: edge.spot.address, outcome: edge.outcome })),
    ...(when !== undefined && { when }),
    mustCompensate,
    distinct: distinct.map((person) => ("input" in person ? { input: person.input } : { stage: person.spot.address })),
  };
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
