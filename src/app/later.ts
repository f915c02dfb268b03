/** Made at the first call, and the same ever after. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** An object of functions that are awaited anyway. */
type Asked<T> = { readonly [Name in keyof T]: (...given: never[]) => Promise<unknown> };

/** Stands for what `load` gives, whose code is read when one of its functions is first called. */
export function later<T extends Asked<T>>(load: () => Promise<T>): T {
  const loaded = once(load);
  const call = async (name: string, given: readonly unknown[]) => {
    const real = (await loaded()) as unknown as Readonly<
      Record<string, (...given: readonly unknown[]) => Promise<unknown>>
    >;
    return real[name]?.(...given);
  };
  return new Proxy({} as T, {
    // A promise for it is not waited for as if it were a promise itself.
    get: (_, name) => (name === "then" ? undefined : (...given: readonly unknown[]) => call(String(name), given)),
  });
}
