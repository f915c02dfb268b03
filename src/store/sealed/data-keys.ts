import { randomBytes } from "node:crypto";
import type { DataKey, KeyStore } from "../../engine/ports.js";
import { KEY_BYTES } from "./envelope.js";
import { type Keyring, SHARED, unwrap, wrap } from "./keyring.js";
import { type Seal, sealOf } from "./seal.js";

/** Keys held at a time. */
const MOST = 5_000;

/** The keys of runs, as they are asked for. A run's key never changes; whether it has one neither, until it is erased. */
export class DataKeys {
  readonly #store: KeyStore;
  readonly #ring: Keyring;
  /** Undefined: the run is kept as plain text. */
  readonly #known = new Map<string, Seal | undefined>();
  /** Of runs that are about to be created. */
  readonly #made = new Map<string, { readonly seal: Seal; readonly dataKey: DataKey }>();

  constructor(store: KeyStore, ring: Keyring) {
    this.#store = store;
    this.#ring = ring;
  }

  /** A key for a new run, the same until it is created; undefined: it is kept as plain text. */
  make(name: string): { readonly seal: Seal; readonly dataKey: DataKey } | undefined {
    const { current } = this.#ring;
    const known = this.#made.get(name);
    if (current === undefined || known !== undefined) return known;
    const bytes = randomBytes(KEY_BYTES);
    const made = { seal: sealOf(bytes, name), dataKey: wrap(current, name, bytes) };
    if (this.#made.size >= MOST) this.#made.clear();
    this.#made.set(name, made);
    return made;
  }

  /** The key a run comes with; undefined: runs are kept as plain text here. @throws StagecraftError `encryption-key-unknown` */
  brought(dataKey: DataKey): { readonly seal: Seal; readonly dataKey: DataKey } | undefined {
    if (this.#ring.current === undefined) return undefined;
    return { seal: sealOf(unwrap(this.#ring, dataKey), dataKey.name), dataKey };
  }

  /** It is in the store now, or never will be. */
  created(name: string): void {
    this.#made.delete(name);
  }

  /** Is it known without asking that this is kept as plain text? */
  isPlain(name: string): boolean {
    return this.#known.has(name) && this.#known.get(name) === undefined;
  }

  /** @throws StagecraftError `encryption-key-unknown` */
  async of(name: string): Promise<Seal | undefined> {
    if (!this.#known.has(name)) await this.load([name]);
    return this.#known.get(name);
  }

  /** @throws StagecraftError `encryption-key-unknown` */
  async load(names: readonly string[]): Promise<void> {
    const wanted = names.filter((name) => !this.#known.has(name));
    if (wanted.length === 0) return;
    const found = new Map((await this.#store.dataKeys(wanted)).map((key) => [key.name, key]));
    for (const name of wanted) {
      const key = found.get(name);
      this.#learn(name, key === undefined ? undefined : sealOf(unwrap(this.#ring, key), name));
    }
  }

  /** For what all runs share: made when it is first needed. Undefined: nothing is sealed here. */
  async shared(): Promise<Seal | undefined> {
    const known = await this.of(SHARED);
    const made = known === undefined ? this.make(SHARED) : undefined;
    if (made === undefined) return known;
    const kept = await this.#store.keepDataKey(made.dataKey);
    this.created(SHARED);
    return this.#learn(SHARED, sealOf(unwrap(this.#ring, kept), SHARED));
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  #learn(name: string, seal: Seal | undefined): Seal | undefined {
    if (this.#known.size >= MOST) this.#known.clear();
    // Where runs are sealed, one that is not there yet may get a key from another process.
    if (seal !== undefined || this.#ring.current === undefined) this.#known.set(name, seal);
    return seal;
  }
}
