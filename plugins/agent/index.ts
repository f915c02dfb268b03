import { definePlugin } from "stagecraft/plugin";
import { agentSchema } from "./schema.js";
import { agentStage } from "./stage.js";

export default definePlugin({
  name: "agent",
  version: "1.0.0",
  apiVersion: 1,
  stages: [agentStage],
  definitions: { agents: agentSchema },
});
