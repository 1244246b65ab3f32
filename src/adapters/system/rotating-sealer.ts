import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../ports/clock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { createSealer } from './sealer.ts';
import { replaceSecretFile } from './secret-files.ts';

export interface RotatingSealerOptions {
  /** Two lines at most, the newer key first: `<64 hex digits> <milliseconds since the epoch>`. */
  readonly path: string;
  /** How long a key seals. */
  readonly rotateMs: number;
  /** How long it opens afterwards: as long as anything that it sealed counts. */
  readonly overlapMs: number;
}

interface Key {
  readonly hex: string;
  readonly createdMs: number;
  readonly sealer: Sealer;
}

/**
 * A sealer whose key is made at the first start, lasts over restarts, and is replaced from time to time. Throws for a file that it cannot
 * read: whoever wants to begin with a new key removes it.
 */
export function openRotatingSealer(options: RotatingSealerOptions, clock: Clock): Sealer {
  const { path, rotateMs, overlapMs } = options;
  let keys = existsSync(path) ? readKeys(path) : [];

  function rotate(): Key {
    const key = keyOf(randomBytes(KEY_BYTES).toString('hex'), clock.nowMs());
    // Stored first: what is sealed with it must open after a crash.
    const next = [key, ...keys.slice(0, 1)];
    replaceSecretFile(path, next.map(({ hex, createdMs }) => `${hex} ${createdMs}`).join('\n'));
    keys = next;
    return key;
  }

  function current(): Key {
    const [newest] = keys;
    return newest === undefined || clock.nowMs() - newest.createdMs >= rotateMs ? rotate() : newest;
  }

  current();
  return {
    seal: (text) => current().sealer.seal(text),
    open(sealed) {
      const [newest, older] = keys;
      const text = newest?.sealer.open(sealed) ?? null;
      const hasOverlap = newest !== undefined && clock.nowMs() - newest.createdMs < overlapMs;
      return text === null && hasOverlap ? (older?.sealer.open(sealed) ?? null) : text;
    },
  };
}

const KEY_BYTES = 32;
const LINE = /^([0-9a-f]{64}) (\d{1,15})$/;

function keyOf(hex: string, createdMs: number): Key {
  return { hex, createdMs, sealer: createSealer(Buffer.from(hex, 'hex')) };
}

function readKeys(path: string): readonly Key[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [, hex, createdMs] = LINE.exec(line) ?? [];
    if (hex === undefined || lines.length > 2) {
      throw new Error(`${path}: must hold one or two keys; remove it, and calls that wait for their hosts begin anew`);
    }
    return keyOf(hex, Number(createdMs));
  });
}
