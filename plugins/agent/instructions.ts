import type { Json, StageContext } from "stagecraft/plugin";
import type { Agent } from "./agent.js";

/** What the model is told first. */
export function instructionsFor(agent: Agent, _input: Json, _context: StageContext): string {
  return agent.instructions;
}
