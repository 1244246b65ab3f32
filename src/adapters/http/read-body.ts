import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../core/result.ts';
import type { Slot } from './load.ts';

export type BodyFault = 'too-large' | 'overloaded' | 'gone';

/**
 * Reads a whole body, never more than `bodyBytesMax` and never more than the listener has room for. Calls `then` once, perhaps at once,
 * with `gone` when the connection ended first; the timeouts of the server end one that is too slow.
 */
export function readBody(
  req: IncomingMessage,
  slot: Slot,
  bodyBytesMax: number,
  then: (body: Result<Buffer, BodyFault>) => void,
): void {
  // It may have ended while the credential was checked, and then there is nothing to wait for.
  if (req.destroyed) return then(err('gone'));
  let first: Buffer | null = null;
  let more: Buffer[] | null = null;
  let length = 0;
  let isDone = false;

  const finish = (body: Result<Buffer, BodyFault>): void => {
    if (isDone) return;
    isDone = true;
    // The request may last much longer than its body is counted.
    first = null;
    more = null;
    then(body);
  };
  const onGone = (): void => finish(err('gone'));
  req
    .on('data', (chunk: Buffer) => {
      if (isDone) return;
      length += chunk.length;
      if (length > bodyBytesMax) return finish(err('too-large'));
      if (!slot.hold(chunk.length)) return finish(err('overloaded'));
      if (first === null) first = chunk;
      else (more ??= [first]).push(chunk);
    })
    .on('end', () => finish(ok(more === null ? (first ?? EMPTY) : Buffer.concat(more, length))))
    .on('close', onGone)
    .on('error', onGone);
}

const EMPTY = Buffer.alloc(0);
