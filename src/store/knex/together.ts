interface Asked<Ask, Answer> {
  readonly ask: Ask;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** So many at a time, unless told otherwise: what binds a few values for each stays under what databases take. */
const MOST = 200;

/**
 * Makes one piece of work of what is asked for in one turn of the event loop, and of what comes while that is under way:
 * many runs at once share queries, transactions and syncs. An Error among the answers fails the ask in its place alone;
 * one that `work` throws fails all of them, of which then nothing was done.
 *
 * @param most at a time
 */
export function together<Ask, Answer>(
  work: (asks: readonly Ask[]) => Promise<readonly (Answer | Error)[]>,
  most = MOST,
): (ask: Ask) => Promise<Answer> {
  const waiting: Asked<Ask, Answer>[] = [];
  let isBusy = false;
  const doAll = async () => {
    while (waiting.length > 0) {
      const taken = waiting.splice(0, most);
      try {
        const answers = await work(taken.map(({ ask }) => ask));
        for (const [at, { resolve, reject }] of taken.entries()) {
          const answer = answers[at];
          if (answer instanceof Error) reject(answer);
          else resolve(answer as Answer);
        }
      } catch (error) {
        for (const { reject } of taken) reject(error as Error);
      }
    }
    isBusy = false;
  };
  return (ask) =>
    new Promise((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      setImmediate(() => void doAll());
    });
}
