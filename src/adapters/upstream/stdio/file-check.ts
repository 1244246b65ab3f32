import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Says which of the files is not what its digest says, or `null`. A package that was trusted and is replaced later, by its update or by
 * somebody else, is found before it runs. A file is read again only where it changed since: an interpreter is large, and processes start in
 * the middle of other work.
 */
export function createFileCheck(digests: ReadonlyMap<string, string>): () => string | null {
  const read = new Map<string, { readonly version: string; readonly digest: string }>();
  return () => {
    for (const [file, expected] of digests) {
      const known = read.get(file);
      const now = readDigest(file, known);
      if (now === null) return `${file} cannot be read, and has to be for its digest`;
      read.set(file, now);
      if (now.digest !== expected) return `${file} is not what its digest says`;
    }
    return null;
  };
}

type ReadFile = { readonly version: string; readonly digest: string };

const CHUNK_BYTES = 1024 * 1024;

/** What is asked about the file and what is read of it are of one and the same, whatever its name stands for a moment later. */
function readDigest(file: string, known: ReadFile | undefined): ReadFile | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
    const version = [dev, ino, size, mtimeNs, ctimeNs].join();
    if (known?.version === version) return known;
    const hash = createHash('sha256');
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, bytes));
    }
    return { version, digest: hash.digest('hex') };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
