import {
  compileTemplate,
  ExpressionError,
  type Json,
  type StageContext,
  StageError,
  type StageInfo,
  type StageTemplate,
} from "stagecraft/plugin";
import type { Agent } from "./agent.js";

/** The one name in scope inside instructions. */
const SCOPE = "input";

/**
 * What the model is told first: the agent's text with its `${{ }}` filled in from the stage's input. The input itself is
 * data: an expression inside it stays text. @throws StageError `expression-error`
 */
export function instructionsFor(agent: Agent, input: Json, context: StageContext): string {
  try {
    const filled = compileTemplate(agent.instructions).evaluate((name) => (name === SCOPE ? input : undefined), {
      now: context.now,
    });
    return typeof filled === "string" ? filled : JSON.stringify(filled);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new StageError("expression-error", `the instructions of agent ${agent.name}: ${error.message}`);
  }
}

/** The instructions of the stage's agent, for the check of their expressions. */
export function templates({ with: given, agents }: StageInfo): readonly StageTemplate[] {
  const name = given["agent"];
  if (typeof name !== "string" || !Object.hasOwn(agents, name)) return [];
  const text = agents[name]?.["instructions"];
  if (typeof text !== "string") return [];
  return [{ path: ["agents", name, "instructions"], text, names: { [SCOPE]: "input" } }];
}
