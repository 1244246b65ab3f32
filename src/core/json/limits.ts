/** Limits that are checked before work is done on an untrusted JSON text. */
export interface JsonLimits {
  /** Length of the text in bytes. */
  readonly bytesMax: number;
  /** Arrays and objects inside each other; the outermost one counts as 1. */
  readonly depthMax: number;
  /**
   * Members of all objects, and all arrays and objects, together: what takes time and memory to build, even where it is no more
   * than `{}`.
   */
  readonly keysMax: number;
  /** Values in all arrays together. `1,` is two bytes of text and eight of memory, and takes as long to read as a longer number. */
  readonly itemsMax: number;
}

/** A request body from a host. 4 MiB leaves room for a file in an argument; deeper or wider than this is no honest call. */
export const REQUEST_LIMITS: JsonLimits = {
  bytesMax: 4 * 1024 * 1024,
  depthMax: 64,
  keysMax: 20_000,
  itemsMax: 200_000,
};

/** A message from an upstream that is read as a whole: tool lists, handshakes, events. Tool results are skimmed instead. */
export const UPSTREAM_MESSAGE_LIMITS: JsonLimits = {
  bytesMax: 8 * 1024 * 1024,
  depthMax: 64,
  keysMax: 200_000,
  itemsMax: 1_000_000,
};
