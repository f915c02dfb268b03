/** What a scrape of this process is answered with. */
export type Scrape = () => Promise<{ readonly text: string; readonly contentType: string }>;

/** Where a process that serves nothing else answers scrapes. */
export interface ScrapeAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Closes. */
  readonly signal: AbortSignal;
}
