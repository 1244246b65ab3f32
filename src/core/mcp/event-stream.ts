import { Buffer } from 'node:buffer';
import { createByteCollector } from '../bytes/byte-collector.ts';

/** One event of a `text/event-stream`, as the HTML standard dispatches it. */
export interface StreamEvent {
  /** `message` unless the stream names another. */
  readonly type: string;
  /** The `data` lines, joined by line feeds. Not checked to be UTF-8. */
  readonly data: Uint8Array;
}

export interface ParsedEvents {
  readonly events: readonly StreamEvent[];
  /** `true`: one event passed the limit. Nothing after it is read, now or later. */
  readonly tooLarge: boolean;
}

export interface EventStreamParser {
  /** The events that this chunk completes, in order. */
  push(chunk: Uint8Array): ParsedEvents;
}

/**
 * Reads an event stream to the letter (HTML standard, 9.2.6): lines end in LF, CR or CRLF, one byte order mark is skipped, comments
 * and unknown fields are ignored, an event that the stream's end cuts off never happened. A filter that reads streams by another
 * letter than the host does can be led past an event. `id` and `retry` are ignored: streams are not resumed.
 *
 * `eventBytesMax` caps what is held for one event, unfinished line included.
 */
export function createEventStreamParser(eventBytesMax: number): EventStreamParser {
  const unfinishedLine = createByteCollector(eventBytesMax);
  const data = createByteCollector(eventBytesMax);
  let dataLines = 0;
  let type = '';
  let isFirstLine = true;
  let isAfterCr = false;
  let tooLarge = false;

  function push(chunk: Uint8Array): ParsedEvents {
    const events: StreamEvent[] = [];
    if (tooLarge || chunk.length === 0) return { events, tooLarge };
    const bytes = asBuffer(chunk);
    let start = isAfterCr && bytes[0] === LF ? 1 : 0;
    isAfterCr = false;
    let lf = bytes.indexOf(LF, start);
    let cr = bytes.indexOf(CR, start);
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
      const event = readLine(bytes.subarray(start, end));
      if (event !== null) events.push(event);
      if (tooLarge) return { events, tooLarge };
      start = end + 1;
      if (end === cr) {
        if (start === bytes.length) isAfterCr = true;
        else if (bytes[start] === LF) start++;
      }
      // Looking for each again only once it is passed keeps this linear when a stream uses just one of them.
      if (lf !== -1 && lf < start) lf = bytes.indexOf(LF, start);
      if (cr !== -1 && cr < start) cr = bytes.indexOf(CR, start);
    }
    if (!hasRoom(bytes.length - start) || !unfinishedLine.add(bytes.subarray(start))) tooLarge = true;
    return { events, tooLarge };
  }

  function readLine(lastPiece: Uint8Array): StreamEvent | null {
    if (!hasRoom(lastPiece.length) || !unfinishedLine.add(lastPiece)) {
      tooLarge = true;
      return null;
    }
    let line = unfinishedLine.take();
    if (isFirstLine && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    isFirstLine = false;
    if (line.length === 0) return finishEvent();
    const dataValue = fieldValue(line, DATA);
    if (dataValue !== null) {
      if ((dataLines > 0 && !data.add(NEWLINE)) || !data.add(dataValue)) tooLarge = true;
      dataLines++;
    } else {
      const typeValue = fieldValue(line, EVENT);
      if (typeValue !== null) type = asBuffer(typeValue).toString('utf8');
    }
    return null;
  }

  function finishEvent(): StreamEvent | null {
    const event = dataLines === 0 ? null : { type: type === '' ? 'message' : type, data: data.take() };
    dataLines = 0;
    type = '';
    return event;
  }

  function hasRoom(more: number): boolean {
    return data.size() + unfinishedLine.size() + more <= eventBytesMax;
  }

  return { push };
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const NEWLINE: Uint8Array = Uint8Array.of(LF);
const DATA: Uint8Array = Buffer.from('data');
const EVENT: Uint8Array = Buffer.from('event');

/** The value where the line is a field of that name: what follows the colon, less one space. */
function fieldValue(line: Uint8Array, name: Uint8Array): Uint8Array | null {
  for (let i = 0; i < name.length; i++) if (line[i] !== name[i]) return null;
  if (line.length === name.length) return line.subarray(name.length);
  if (line[name.length] !== COLON) return null;
  return line.subarray(name.length + (line[name.length + 1] === SPACE ? 2 : 1));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
