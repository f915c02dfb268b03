import type { StageContext } from "stagecraft/plugin";
import type { Agent } from "./agent.js";
import type { AgentTool, Toolbox } from "./agent-tool.js";
import { openMcp } from "./mcp.js";
import type { ToolEntry } from "./tool-entry.js";

/** @throws StageError `unknown-tool`, and what `openMcp` throws */
export async function openToolbox(agent: Agent, context: StageContext): Promise<Toolbox> {
  const opened: Toolbox[] = [];
  const close = async () => void (await Promise.allSettled(opened.map((box) => box.close())));
  try {
    for (const entry of agent.tools) opened.push(await open(entry, context));
  } catch (error) {
    await close();
    throw error;
  }
  return { tools: opened.flatMap(({ tools }) => tools), close };
}

async function open(entry: ToolEntry, context: StageContext): Promise<Toolbox> {
  if (entry.kind === "mcp") return openMcp(entry.server, context);
  const { name, description, input, ...tool } = context.tool(entry.name);
  const run: AgentTool["run"] = (given, narrowed) => tool.run(given, narrowed, entry.settings);
  return { tools: [{ name, description, input, run }], async close() {} };
}
