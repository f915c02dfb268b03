import {
  compileExpression,
  compileTemplate,
  ExpressionError,
  findExpressions,
  type Json,
  nearest,
  type StageContext,
  StageError,
  type StageIssue,
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

/** Expressions that cannot be read, or that use a name instructions do not have. */
export function checkInstructions(text: string, path: StageIssue["path"]): StageIssue[] {
  const { found, issues } = findExpressions(text);
  const faults: StageIssue[] = issues.map(({ code, severity, message, help }) =>
    issue(code, severity, message, path, help),
  );
  for (const { source } of found) {
    const { expression, issues: broken } = compileExpression(source);
    faults.push(...broken.map(({ code, severity, message, help }) => issue(code, severity, message, path, help)));
    for (const { path: names } of expression?.references ?? []) {
      const name = String(names[0]);
      if (name === SCOPE) continue;
      const help =
        nearest(name, [SCOPE]) === undefined ? "pass it in the stage's `input`" : `did you mean \`${SCOPE}\`?`;
      faults.push(issue("unknown-name", "error", `instructions know \`${SCOPE}\` and not \`${name}\``, path, help));
    }
  }
  return faults;
}

function issue(
  code: string,
  severity: StageIssue["severity"],
  message: string,
  path: StageIssue["path"],
  help: string | undefined,
): StageIssue {
  return { code, severity, message, path, ...(help === undefined ? {} : { help }) };
}
