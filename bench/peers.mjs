import fs from "node:fs";
import { child, graphs } from "./engine.mjs";

/** What each can say: Mastra knows no graphs, and recorded ones are not for either. */
const PEERS = [
  { name: "LangGraph.js", file: "peers/langgraph.mjs", says: /^(chain|fan|layers|runs):1000$/ },
  { name: "Mastra", file: "peers/mastra.mjs", says: /^(chain|fan|runs):1000$/ },
];

/** The same graphs with other engines in each round, where `bench/peers` is installed. */
export function make() {
  if (!fs.existsSync(new URL("./peers/node_modules", import.meta.url))) {
    console.error("no peers: npm install --prefix bench/peers");
    return [];
  }
  return graphs().flatMap((bench) => {
    const { how, workload } = bench;
    const found = PEERS.filter(({ says }) => says.test(workload));
    const peers = found.map(({ name, file }) => ({ name, ...child(file, how, workload) }));
    return peers.length === 0 ? [] : [{ ...bench, ours: [...bench.ours, ...peers] }];
  });
}
