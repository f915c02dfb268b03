import { definePlugin } from "stagecraft/plugin";
import { openaiProvider } from "./provider.js";

export default definePlugin({
  name: "openai",
  version: "1.0.0",
  apiVersion: 1,
  providers: [openaiProvider],
});
