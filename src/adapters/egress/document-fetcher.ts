import { Agent, request } from 'undici';
import { err, ok } from '../../core/result.ts';
import type { DocumentFetcher } from '../../ports/document-fetcher.ts';
import { createDialler } from './dialler.ts';
import { readAtMost } from './read-at-most.ts';

/** Documents are small and rare: a few connections that do not stay. */
const CONNECTIONS_MAX = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 1_000;

/** A redirect is how a public host sends us to an internal one, so none is followed. */
export function createDocumentFetcher(): DocumentFetcher {
  const agents = { operator: createAgent('operator'), peer: createAgent('peer') };
  return {
    async fetch({ url, accept, bytesMax, deadline, chosenBy }) {
      try {
        const options = { dispatcher: agents[chosenBy], signal: deadline, headers: { accept } };
        const { statusCode, body } = await request(url, options);
        // A body that is given up reports that as an error, which nobody else would listen to.
        body.on('error', () => undefined);
        const bytes = statusCode === 200 ? await readAtMost(body, bytesMax) : null;
        if (bytes !== null) return ok(bytes);
        body.destroy();
        return err(statusCode === 200 ? 'the answer is too large' : `answered with status ${statusCode}`);
      } catch (error) {
        const { code, name } = error as { code?: unknown; name?: unknown };
        return err(`no answer: ${String(code ?? name)}`);
      }
    },
  };
}

function createAgent(chosenBy: 'operator' | 'peer'): Agent {
  return new Agent({
    connect: createDialler({ chosenBy, hosts: null, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
    connections: CONNECTIONS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}
