import { hash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StoreError } from '../../ports/store-error.ts';

/**
 * A file of fixed size whose blocks are allocated beforehand, so that it can be overwritten when the disk is full. Holds one JSON
 * value, or nothing: a first line with length and SHA-256 of what follows, and spaces up to the end.
 *
 * A write that a crash cut short leaves a checksum that does not match. That is reported as corrupt and never guessed at: somebody was
 * stopping or starting something at that very moment.
 */
export class ReservedFile {
  readonly #path: string;
  #handle: FileHandle | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** `null`: it holds nothing. Throws `StoreError`. */
  async read(): Promise<unknown> {
    const text = (await this.#use((handle) => readAll(handle))).toString('utf8');
    const [, length = '', digest = '', rest = ''] = HEADER.exec(text) ?? [];
    const json = rest.slice(0, Number(length));
    if (text.length !== RESERVED_BYTES || digest === '' || hash('sha256', json, 'hex') !== digest) {
      throw new StoreError('corrupt', `${this.#path} is damaged: it is not known which kill switches were on`);
    }
    return JSON.parse(json) as unknown;
  }

  /** Resolves when it is on stable storage. `value` is JSON; `null` empties the file. */
  async write(value: unknown): Promise<void> {
    const content = contentOf(value);
    if (content === null) {
      throw new StoreError('overloaded', `the kill switches do not fit the ${RESERVED_BYTES} bytes of ${this.#path}`);
    }
    await this.#use(async (handle) => {
      const { bytesWritten } = await handle.write(content, 0, content.length, 0);
      // Where something made the file longer, what is beyond would spoil it.
      await handle.truncate(RESERVED_BYTES);
      await handle.sync();
      if (bytesWritten !== content.length) throw new Error(`only ${bytesWritten} bytes were written`);
      if ((await handle.stat()).nlink === 0) throw new Error('the file was deleted');
    });
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #use<T>(work: (handle: FileHandle) => Promise<T>): Promise<T> {
    try {
      this.#handle ??= await open(this.#path, 'r+');
      return await work(this.#handle);
    } catch (error) {
      throw new StoreError('unavailable', `cannot use ${this.#path}: ${String(error)}`, { cause: error });
    }
  }
}

/** Room for a thousand switches and their entries. */
const RESERVED_BYTES = 1024 * 1024;
/** The whole file is read and written as ASCII, so that characters are bytes. */
const HEADER = /^countersign-reserved 1 (\d+) ([0-9a-f]{64})\n([^]*)$/;

/** Does nothing where the file exists. A crash in the middle leaves no half-written file under the name. Throws errors of the system. */
export function reserveFile(path: string): void {
  if (existsSync(path)) return;
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, contentOf(null) as Buffer);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** `null`: it does not fit. */
function contentOf(value: unknown): Buffer | null {
  const json = JSON.stringify(value).replaceAll(/[^\0-\x7f]/g, escapeUnit);
  const text = `countersign-reserved 1 ${json.length} ${hash('sha256', json, 'hex')}\n${json}`;
  return text.length > RESERVED_BYTES ? null : Buffer.from(text.padEnd(RESERVED_BYTES), 'latin1');
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

async function readAll(handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(RESERVED_BYTES + 1);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}
