import { isObject, type Json, nearest, type StageIssue } from "stagecraft/plugin";
import type { Table } from "./model.js";

/** An expression that is one fact and nothing else; under `coalesce`, `has` or `.?` a fact may be absent. */
const PLAIN = /^\s*facts\.(\w+)(?:\.\w+)*\s*$/;

/** Facts that columns read and a stage that writes its facts out does not hand over: reading them fails. */
export function missingFacts(table: Table, facts: Json | undefined): StageIssue[] {
  if (!isObject(facts)) return [];
  const given = Object.keys(facts);
  return table.inputs.flatMap(({ name, expression }): StageIssue[] => {
    const fact = PLAIN.exec(expression.source)?.[1];
    if (fact === undefined || given.includes(fact)) return [];
    const near = nearest(fact, given);
    return [
      {
        code: "rules-fact",
        severity: "error",
        message: `column ${name} reads facts.${fact}, which is not handed over`,
        help: near === undefined ? `add ${fact} to the facts` : `is ${near} meant to be ${fact}?`,
        path: near === undefined ? ["with", "facts"] : ["with", "facts", near],
        atKey: true,
      },
    ];
  });
}
