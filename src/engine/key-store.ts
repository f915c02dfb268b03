/** The key of one run's data, or of what runs share, encrypted with the project's key. */
export interface DataKey {
  /** A run's id, or another name that is no run's. */
  readonly name: string;
  /** Which key it is wrapped with: an id that does not give the key away. */
  readonly wrappedBy: string;
  /** Base64. */
  readonly wrapped: string;
}

/** A run's own key comes with the run (`NewRun.dataKey`) and goes with its data: by erasing, by forgetting. */
export interface KeyStore {
  /** Kept unless there is one of that name; gives the one that is there then. */
  keepDataKey(key: DataKey): Promise<DataKey>;
  /** Those of these names that are there; without names, all. */
  dataKeys(names?: readonly string[]): Promise<readonly DataKey[]>;
  /** Puts it in the place of the one of its name that `before` wrapped. False: there is none such any more. */
  rewrapDataKey(key: DataKey, before: string): Promise<boolean>;
}
