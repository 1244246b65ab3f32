import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** After so long, whoever reads must still be one who may. */
const CHECK_AGAIN_MS = 10_000;
/** A reader that takes nothing for so long is let go. */
const STALLED_READER_MS = 60_000;
const BUFFER_BYTES = 64 * 1024;

/** Sends lines as they are read, no faster than they are taken. What cannot be finished ends the connection, so that nobody takes it for whole. */
export function sendLines(
  reply: FastifyReply,
  lines: AsyncIterable<string>,
  mayGoOn: () => Promise<boolean>,
): FastifyReply {
  reply.raw.setTimeout(STALLED_READER_MS, () => reply.raw.destroy());
  const stream = Readable.from(whileAllowed(lines, mayGoOn), { objectMode: false, highWaterMark: BUFFER_BYTES });
  return reply.type('application/jsonl; charset=utf-8').send(stream);
}

async function* whileAllowed(lines: AsyncIterable<string>, mayGoOn: () => Promise<boolean>): AsyncGenerator<string> {
  let checkedMs = performance.now();
  for await (const chunk of lines) {
    if (performance.now() - checkedMs > CHECK_AGAIN_MS) {
      if (!(await mayGoOn())) throw new Error('the credential of an export has ended');
      checkedMs = performance.now();
    }
    yield chunk;
  }
}
