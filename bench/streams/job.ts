/** What the holder of connections does. Read as one JSON object from its standard input. */
export interface HoldJob {
  readonly url: string;
  /** Used in turn. */
  readonly tokens: readonly string[];
  /** `idle`: streams that wait. `unread`: calls whose answers are not read. */
  readonly kind: 'idle' | 'unread';
  readonly count: number;
  /** Of each result that nobody reads. */
  readonly textChars: number;
  /** When it goes by itself. */
  readonly holdMs: number;
}
