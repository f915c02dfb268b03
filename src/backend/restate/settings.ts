/** Where the parts of a Restate deployment are; addresses are URLs without a path. */
export interface RestateSettings {
  /** Of the Restate server: where runs are woken. */
  readonly ingress: string;
  /** Of the Restate server: where workers make themselves known. */
  readonly admin: string;
  /** Where a worker on this machine listens: `host:port`. */
  readonly listen: string;
  /** Where the Restate server reaches the workers: a balancer, or the one worker there is. */
  readonly workers: string;
  /** Public keys of the Restate servers that may call the workers; none: whoever reaches them may. */
  readonly identityKeys: readonly string[];
  /** How long what is under way may take to end when a worker stops. */
  readonly graceSeconds: number;
}

/** The object that gives runs their turns, by their ids, and the service that performs attempts. */
export const NAMES = { run: "stagecraftRun", attempt: "stagecraftAttempt" } as const;
