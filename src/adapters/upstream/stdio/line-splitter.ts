import { Buffer } from 'node:buffer';
import { createByteCollector } from '../../../core/bytes/byte-collector.ts';
import { CARRIAGE_RETURN, LINE_FEED } from '../../../core/json/characters.ts';

export interface SplitLines {
  /** Without their line ends, and without empty ones. */
  readonly lines: readonly Uint8Array[];
  /** `true`: a line passed the limit. Nothing after it is read, now or later. */
  readonly tooLong: boolean;
}

/** Cuts the output of a process into lines that end in LF or CRLF. */
export interface LineSplitter {
  push(chunk: Uint8Array): SplitLines;
}

export function createLineSplitter(lineBytesMax: number): LineSplitter {
  const unfinished = createByteCollector(lineBytesMax);
  let tooLong = false;
  return {
    push(chunk) {
      const lines: Uint8Array[] = [];
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end !== -1 && !tooLong; end = bytes.indexOf(LINE_FEED, start)) {
        tooLong = !unfinished.add(bytes.subarray(start, end));
        const line = withoutCarriageReturn(unfinished.take());
        if (!tooLong && line.length > 0) lines.push(line);
        start = end + 1;
      }
      if (!tooLong) tooLong = !unfinished.add(bytes.subarray(start));
      return { lines, tooLong };
    },
  };
}

function withoutCarriageReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
