import { isJsonObject, type JsonObject } from '../json/value.ts';

/**
 * What of a definition says that its tool changes something; `null`: nothing does. An upstream that speaks against itself is believed; what
 * it says in its own favour proves nothing. `destructiveHint` means nothing beside `readOnlyHint: true` (MCP, `ToolAnnotations`).
 */
export function writingHintOf({ annotations }: JsonObject): string | null {
  if (!isJsonObject(annotations)) return null;
  if (annotations['readOnlyHint'] === false) return 'readOnlyHint is false';
  const isDestructive = annotations['destructiveHint'] === true && annotations['readOnlyHint'] !== true;
  return isDestructive ? 'destructiveHint is true' : null;
}
