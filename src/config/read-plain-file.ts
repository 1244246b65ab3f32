import { readFile, stat } from 'node:fs/promises';

/**
 * The bytes of a file in a directory of policies, or why there are none: a code of the system, or that it is no file. A pipe or a device
 * need not end, and whatever waited for it would wait for ever.
 */
export async function readPlainFile(path: string): Promise<Uint8Array | string> {
  try {
    const found = await stat(path);
    return found.isFile() || found.isDirectory() ? await readFile(path) : 'no file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}
