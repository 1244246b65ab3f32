import { asBuffer } from '../core/bytes/as-buffer.ts';
import { maskKnownSecrets } from '../core/content/mask-secrets.ts';
import { redactJson } from '../core/content/redact-json.ts';
import type { ListKind } from '../core/catalog/listed.ts';
import type { CallDeps } from './deps.ts';

/**
 * Entries of a list as a host may see them: without the credentials that the gateway holds, which an upstream was sent and could repeat
 * in a description. Resources are content that nobody pins, so what detectors find is taken out of them as it is out of a result; of all
 * other lists an entry with such a find is in quarantine.
 */
export function screenItems(
  { knownSecrets, resultDetectors }: Pick<CallDeps, 'knownSecrets' | 'resultDetectors'>,
  kind: ListKind,
  items: readonly Buffer[],
): readonly Buffer[] {
  const masked = maskKnownSecrets(items, knownSecrets).map(asBuffer);
  if (kind !== 'resources' || resultDetectors.length === 0 || masked.length === 0) return masked;
  // Nearly no list holds anything, and one look at all of it costs a tenth of a look at each entry.
  const pieces = masked.flatMap((item, index) => [index === 0 ? OPENING : COMMA, item]);
  const { spans } = redactJson([...pieces, CLOSING], resultDetectors);
  if (spans.length === 0) return masked;
  return masked.map((item) => Buffer.concat(redactJson([item], resultDetectors).json));
}

const OPENING = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']');
