/** Which names expressions read, so that those nobody reads can be told. */
export interface Used {
  /** `field` undefined: the whole of it, or a field not known before the run. */
  mark(name: string, field: string | undefined): void;
  has(name: string, field: string): boolean;
}

export function createUsed(): Used {
  const fields = new Set<string>();
  const whole = new Set<string>();
  return {
    mark: (name, field) => {
      if (field === undefined) whole.add(name);
      else fields.add(`${name}.${field}`);
    },
    has: (name, field) => whole.has(name) || fields.has(`${name}.${field}`),
  };
}
