import { isJsonObject, type Json } from '../json/value.ts';

/** What a request of a modern host says about the host. */
export const META_CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';

const NAME_CHARS_MAX = 128;

/** The `name` of a `clientInfo`, cut; `undefined` where there is none. A claim of the host's, and no identity. */
export function parseHostName(clientInfo: Json | undefined): string | undefined {
  const name = isJsonObject(clientInfo) ? clientInfo['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, NAME_CHARS_MAX) : undefined;
}
