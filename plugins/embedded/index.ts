import { definePlugin } from "stagecraft/plugin";
import { embeddedProvider } from "./provider.js";

export default definePlugin({
  name: "embedded",
  version: "1.0.0",
  apiVersion: 1,
  providers: [embeddedProvider],
});
