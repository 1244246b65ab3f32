import { existsSync } from 'node:fs';

/** The file that commands take when they are told none. */
export const CONFIG_FILE = 'countersign.yaml';

/** The file that was named, or the usual one where it stands here; `null` where there is none. */
export function findConfigFile(given: string | null): string | null {
  return given ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : null);
}
