/** One HTTP request, as far as the upstream looks at it. */
export interface Request {
  readonly method: string;
  readonly body: string;
}

/** Gives the whole requests that a piece completes. */
export type RequestReader = (piece: Buffer) => readonly Request[];

export function createRequestReader(): RequestReader {
  let unread: Buffer | null = null;
  return (piece) => {
    let bytes = unread === null ? piece : Buffer.concat([unread, piece]);
    const requests: Request[] = [];
    for (let next = nextRequest(bytes); next !== null; next = nextRequest(bytes)) {
      requests.push(next.request);
      bytes = bytes.subarray(next.length);
    }
    unread = bytes.length === 0 ? null : bytes;
    return requests;
  };
}

function nextRequest(bytes: Buffer): { readonly request: Request; readonly length: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const method = head.slice(0, head.indexOf(' '));
  const start = headEnd + 4;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const chunks = readChunks(bytes, start);
    return chunks === null ? null : { request: { method, body: chunks.body }, length: chunks.end };
  }
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return end > bytes.length ? null : { request: { method, body: bytes.toString('utf8', start, end) }, length: end };
}

/** No trailers: nobody who calls the benchmark's upstream sends them. */
function readChunks(bytes: Buffer, start: number): { readonly body: string; readonly end: number } | null {
  const parts: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (Number.isNaN(size) || end > bytes.length) return null;
    if (size === 0) return { body: Buffer.concat(parts).toString('utf8'), end };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = end;
  }
}
