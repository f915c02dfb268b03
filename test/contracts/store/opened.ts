import { afterEach, beforeEach } from "vitest";
import type { Fixture, Setup } from "./material.js";

/** The fixture of the test that is running. */
export type Opened = () => Fixture;

export function openedPerTest(setup: Setup): Opened {
  let current: Fixture | undefined;
  beforeEach(async () => {
    current = await setup();
  });
  afterEach(async () => {
    await current?.teardown();
    current = undefined;
  });
  return () => current!;
}
