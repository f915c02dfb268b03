/** Seals texts of one run so that whoever reads the store, keys at hand, still does not see them by reading. */
export interface Vault {
  seal(text: string): string;
  /** @throws StagecraftError `store-corrupt` when the text was changed */
  open(text: string): string;
}

export interface VaultStore {
  /**
   * Of a run; with `isNew`, of one that is about to be created here. Undefined: nothing of it is encrypted.
   * @throws StagecraftError `encryption-key-unknown`
   */
  vault(run: string, isNew?: boolean): Promise<Vault | undefined>;
}
