import { memoryStore } from "../../src/store/memory/store.js";
import { storeContract } from "../contracts/store.contract.js";

storeContract("the memory store", async () => {
  const store = memoryStore();
  await store.open();
  return { store, another: async () => store, teardown: () => store.close() };
});
