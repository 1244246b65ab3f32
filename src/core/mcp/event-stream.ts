import { Buffer } from 'node:buffer';
import { asBuffer } from '../bytes/as-buffer.ts';
import { type ByteCollector, createByteCollector } from '../bytes/byte-collector.ts';

/** One event of a `text/event-stream`, as the HTML standard dispatches it. */
export interface StreamEvent {
  /** `message` unless the stream names another. */
  readonly type: string;
  /** The `data` lines, joined by line feeds. Not checked to be UTF-8. */
  readonly data: Uint8Array;
  /** Only the two ends of its data are left. */
  readonly isCut?: true;
}

export interface ParsedEvents {
  readonly events: readonly StreamEvent[];
  /** `true`: one event passed the limit. Nothing after it is read, now or later. */
  readonly tooLarge: boolean;
}

export interface EventStreamParser {
  /** The events that this chunk completes, in order. */
  push(chunk: Uint8Array): ParsedEvents;
  /** What `Last-Event-ID` says when the stream is taken up again; `null` where there is nothing to name. */
  lastEventId(): string | null;
  /** How long to wait before that, as the stream wants it; `null` where it says nothing. Not limited. */
  retryMs(): number | null;
  /** Of the event that is not complete yet, unfinished line included. */
  heldBytes(): number;
  /** Of that event, only the two ends are kept, however large it gets. */
  cut(): void;
}

/**
 * Reads an event stream to the letter (HTML standard, 9.2.6): lines end in LF, CR or CRLF, one byte order mark is skipped, comments
 * and unknown fields are ignored, an event that the stream's end cuts off never happened. A filter that reads streams by another
 * letter than the host does can be led past an event.
 *
 * `eventBytesMax` caps what is held for one event, unfinished line included.
 */
export function createEventStreamParser(eventBytesMax: number): EventStreamParser {
  const state: ParserState = {
    eventBytesMax,
    line: createByteCollector(eventBytesMax),
    data: createByteCollector(eventBytesMax),
    dataLines: 0,
    type: '',
    isFirstLine: true,
    isAfterCr: false,
    tooLarge: false,
    isCut: false,
    id: '',
    lastEventId: '',
    retryMs: null,
  };
  return {
    push: (chunk) => pushChunk(state, chunk),
    lastEventId: () => (state.lastEventId === '' ? null : state.lastEventId),
    retryMs: () => state.retryMs,
    heldBytes: () => state.data.size() + state.line.size(),
    cut() {
      state.isCut = true;
      state.data.cut();
      state.line.cut();
    },
  };
}

interface ParserState {
  readonly eventBytesMax: number;
  /** The line that no line end has finished yet. */
  readonly line: ByteCollector;
  readonly data: ByteCollector;
  dataLines: number;
  type: string;
  isFirstLine: boolean;
  isAfterCr: boolean;
  tooLarge: boolean;
  isCut: boolean;
  /** Of the event that is being read. It holds on for the ones after it, until another is given. */
  id: string;
  lastEventId: string;
  retryMs: number | null;
}

function pushChunk(state: ParserState, chunk: Uint8Array): ParsedEvents {
  const events: StreamEvent[] = [];
  if (state.tooLarge || chunk.length === 0) return { events, tooLarge: state.tooLarge };
  const bytes = asBuffer(chunk);
  let start = state.isAfterCr && bytes[0] === LF ? 1 : 0;
  state.isAfterCr = false;
  let lf = bytes.indexOf(LF, start);
  let cr = bytes.indexOf(CR, start);
  while (lf !== -1 || cr !== -1) {
    const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf;
    if (!holdPiece(state, bytes.subarray(start, end))) break;
    const event = readLine(state, state.line.take());
    if (event !== null) events.push(event);
    start = end + 1;
    if (end === cr) {
      if (start === bytes.length) state.isAfterCr = true;
      else if (bytes[start] === LF) start++;
    }
    // Looking for each again only once it is passed keeps this linear when a stream uses just one of them.
    if (lf !== -1 && lf < start) lf = bytes.indexOf(LF, start);
    if (cr !== -1 && cr < start) cr = bytes.indexOf(CR, start);
  }
  if (!state.tooLarge) holdPiece(state, bytes.subarray(start));
  return { events, tooLarge: state.tooLarge };
}

function holdPiece(state: ParserState, piece: Uint8Array): boolean {
  const heldBytes = state.data.size() + state.line.size() + piece.length;
  state.tooLarge = heldBytes > state.eventBytesMax || !state.line.add(piece);
  return !state.tooLarge;
}

function readLine(state: ParserState, rawLine: Uint8Array): StreamEvent | null {
  const line = state.isFirstLine ? withoutByteOrderMark(rawLine) : rawLine;
  state.isFirstLine = false;
  if (line.length === 0) return finishEvent(state);
  const data = fieldValue(line, DATA);
  if (data !== null) {
    if (state.dataLines > 0) state.data.add(NEWLINE);
    state.data.add(data);
    state.dataLines++;
    return null;
  }
  const type = fieldValue(line, EVENT);
  if (type !== null) state.type = asBuffer(type).toString('utf8');
  else readResumption(state, line);
  return null;
}

/**
 * An id goes out again in a header, so one that is too long or more than visible ASCII counts as none was given: the standard says
 * so of NUL, and no other is worth the trouble.
 */
function readResumption(state: ParserState, line: Uint8Array): void {
  const id = fieldValue(line, ID);
  if (id !== null) {
    const text = id.length > ID_BYTES_MAX ? null : asBuffer(id).toString('latin1');
    if (text !== null && VISIBLE.test(text)) state.id = text;
    return;
  }
  const retry = fieldValue(line, RETRY);
  if (retry === null || retry.length > RETRY_DIGITS_MAX) return;
  const text = asBuffer(retry).toString('latin1');
  if (DIGITS.test(text)) state.retryMs = Number(text);
}

function finishEvent(state: ParserState): StreamEvent | null {
  const type = state.type === '' ? 'message' : state.type;
  const data = state.data.take();
  const event = state.dataLines === 0 ? null : { type, data, ...(state.isCut && { isCut: true as const }) };
  state.isCut = false;
  state.dataLines = 0;
  state.type = '';
  state.lastEventId = state.id;
  return event;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const NEWLINE: Uint8Array = Uint8Array.of(LF);
const DATA: Uint8Array = Buffer.from('data');
const EVENT: Uint8Array = Buffer.from('event');
const ID: Uint8Array = Buffer.from('id');
const RETRY: Uint8Array = Buffer.from('retry');
const ID_BYTES_MAX = 1024;
const RETRY_DIGITS_MAX = 15;
const VISIBLE = /^[ -~]*$/;
const DIGITS = /^[0-9]+$/;

/** The value where the line is a field of that name: what follows the colon, less one space. */
function fieldValue(line: Uint8Array, name: Uint8Array): Uint8Array | null {
  for (let i = 0; i < name.length; i++) if (line[i] !== name[i]) return null;
  if (line.length === name.length) return line.subarray(name.length);
  if (line[name.length] !== COLON) return null;
  return line.subarray(name.length + (line[name.length + 1] === SPACE ? 2 : 1));
}

function withoutByteOrderMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}
