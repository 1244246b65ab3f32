/** One HTTP answer. The body stays in the pieces in which it came, because most bodies are only counted. */
export interface Answer {
  readonly status: number;
  /** As sent, status line included. */
  readonly head: string;
  readonly body: readonly Buffer[];
  readonly isEventStream: boolean;
  /** The connection must not be used again. */
  readonly closes: boolean;
  /** When the first event with content was there; `null`: no event stream, or none in it. */
  readonly firstEventMs: number | null;
}

/** Reads the answers of one connection, one after another. Throws on what it cannot follow. */
export interface AnswerReader {
  /** Gives the answer when this was its last piece. */
  read(piece: Buffer): Answer | null;
  /** The connection ended: an answer without a length ends with it. */
  end(): Answer | null;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
/** A `data:` line that holds a message. Neither a keep-alive comment nor an empty priming event is one. */
const EVENT_WITH_CONTENT = /^data: ?\{/m;

type Framing =
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunked'; left: number; state: 'size' | 'data' | 'data-end' | 'trailer' }
  | { readonly kind: 'until-end' };

interface Draft {
  readonly status: number;
  readonly head: string;
  readonly framing: Framing;
  readonly isEventStream: boolean;
  readonly body: Buffer[];
  firstEventMs: number | null;
}

export function createAnswerReader(now: () => number): AnswerReader {
  let unread: Buffer | null = null;
  let draft: Draft | null = null;

  const finish = (done: Draft, closes: boolean): Answer => {
    draft = null;
    const { status, head, body, isEventStream, firstEventMs } = done;
    return { status, head, body, isEventStream, firstEventMs, closes: closes || /\r\nconnection: *close/i.test(head) };
  };

  return {
    read(piece) {
      let bytes = unread === null ? piece : Buffer.concat([unread, piece]);
      unread = null;
      while (draft === null) {
        const headEnd = bytes.indexOf(HEAD_END);
        if (headEnd < 0) {
          unread = bytes;
          return null;
        }
        draft = draftOf(bytes.toString('latin1', 0, headEnd));
        bytes = bytes.subarray(headEnd + HEAD_END.length);
        // 100 Continue: the real answer follows.
        if (draft.status < 200) draft = null;
      }
      const rest = readBody(draft, bytes);
      noteFirstEvent(draft, now);
      if (rest === 'complete') return finish(draft, false);
      unread = rest;
      return null;
    },
    end() {
      return draft?.framing.kind === 'until-end' ? finish(draft, true) : null;
    },
  };
}

function draftOf(head: string): Draft {
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
  const framing = framingOf(status, length, chunked);
  const isEventStream = /\r\ncontent-type: *text\/event-stream/i.test(head);
  return { status, head, framing, isEventStream, body: [], firstEventMs: null };
}

function framingOf(status: number, length: string | undefined, chunked: boolean): Framing {
  if (status === 204) return { kind: 'length', left: 0 };
  if (chunked) return { kind: 'chunked', left: 0, state: 'size' };
  return length === undefined ? { kind: 'until-end' } : { kind: 'length', left: Number(length) };
}

/** Takes what belongs to the body; gives the bytes that are no whole line yet, to be read again with the next piece. */
function readBody({ framing, body }: Draft, bytes: Buffer): 'complete' | Buffer | null {
  switch (framing.kind) {
    case 'until-end':
      if (bytes.length > 0) body.push(bytes);
      return null;
    case 'length':
      if (bytes.length > 0) body.push(bytes);
      framing.left -= bytes.length;
      return framing.left <= 0 ? 'complete' : null;
    case 'chunked':
      return readChunks(framing, body, bytes);
  }
}

function readChunks(framing: Framing & { kind: 'chunked' }, body: Buffer[], bytes: Buffer): 'complete' | Buffer | null {
  let rest = bytes;
  while (rest.length > 0) {
    if (framing.state === 'data') {
      const part = rest.subarray(0, framing.left);
      body.push(part);
      framing.left -= part.length;
      rest = rest.subarray(part.length);
      if (framing.left === 0) framing.state = 'data-end';
      continue;
    }
    const lineEnd = rest.indexOf(LINE_END);
    if (lineEnd < 0) return rest;
    const line = rest.toString('latin1', 0, lineEnd);
    rest = rest.subarray(lineEnd + LINE_END.length);
    if (framing.state === 'data-end') framing.state = 'size';
    else if (framing.state === 'size') startChunk(framing, line);
    else if (line === '') return 'complete';
  }
  return null;
}

function startChunk(framing: Framing & { kind: 'chunked' }, line: string): void {
  framing.left = Number.parseInt(line, 16);
  if (Number.isNaN(framing.left)) throw new Error(`not a chunk size: ${line.slice(0, 40)}`);
  framing.state = framing.left === 0 ? 'trailer' : 'data';
}

function noteFirstEvent(draft: Draft, now: () => number): void {
  if (!draft.isEventStream || draft.firstEventMs !== null) return;
  if (EVENT_WITH_CONTENT.test(Buffer.concat(draft.body).toString('latin1'))) draft.firstEventMs = now();
}
