import { execute } from "@oclif/core";

/** Runs the command line of this process. `door`: URL of a file of the package, from which oclif finds its folder. */
export async function main(door: string): Promise<void> {
  await execute({ dir: door });
}
