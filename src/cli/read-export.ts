import { Buffer, isUtf8 } from 'node:buffer';

/** Longer than any entry, whose size the log limits. */
const LINE_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The lines of an exported log, one by one. A line that cannot be an entry, being too long or no UTF-8, comes as a text that is none either, so
 * that it is counted; a last line without its end comes as it is.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield lineOf([...pieces, chunk.subarray(start, end)], bytes + end - start);
      [pieces, bytes, start] = [[], 0, end + 1];
    }
    bytes += chunk.length - start;
    if (bytes <= LINE_BYTES_MAX) pieces.push(chunk.subarray(start));
  }
  if (bytes > 0) yield lineOf(pieces, bytes);
}

function lineOf(pieces: readonly Uint8Array[], bytes: number): string {
  if (bytes > LINE_BYTES_MAX) return 'a line that is too long';
  const line = Buffer.concat(pieces);
  return isUtf8(line) ? line.toString() : 'a line that is not UTF-8';
}
