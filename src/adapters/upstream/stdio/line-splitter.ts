import { asBuffer } from '../../../core/bytes/as-buffer.ts';
import { createByteCollector } from '../../../core/bytes/byte-collector.ts';
import { CARRIAGE_RETURN, LINE_FEED } from '../../../core/json/characters.ts';

export interface SplitLines {
  /** Without their line ends, and without empty ones. */
  readonly lines: readonly Uint8Array[];
  /** What is left of a line that was cut; it came before the others. */
  readonly cutLine: Uint8Array | null;
  /** `true`: a line passed the limit. Nothing after it is read, now or later. */
  readonly tooLong: boolean;
}

/** Cuts the output of a process into lines that end in LF or CRLF. */
export interface LineSplitter {
  push(chunk: Uint8Array): SplitLines;
  /** Of the line that no line end has finished yet. */
  heldBytes(): number;
  /** Of that line, only the two ends are kept, however long it gets. */
  cut(): void;
}

export function createLineSplitter(lineBytesMax: number): LineSplitter {
  const unfinished = createByteCollector(lineBytesMax);
  let tooLong = false;
  let isCut = false;
  return {
    push(chunk) {
      const lines: Uint8Array[] = [];
      let cutLine: Uint8Array | null = null;
      const bytes = asBuffer(chunk);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end !== -1 && !tooLong; end = bytes.indexOf(LINE_FEED, start)) {
        tooLong = !unfinished.add(bytes.subarray(start, end));
        const line = withoutCarriageReturn(unfinished.take());
        if (isCut) cutLine = line;
        else if (!tooLong && line.length > 0) lines.push(line);
        isCut = false;
        start = end + 1;
      }
      if (!tooLong) tooLong = !unfinished.add(bytes.subarray(start));
      return { lines, cutLine, tooLong };
    },
    heldBytes: () => unfinished.size(),
    cut() {
      isCut = true;
      unfinished.cut();
    },
  };
}

function withoutCarriageReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
