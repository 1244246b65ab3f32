import { Agent, request } from 'undici';
import { isLoopback } from '../../core/http/host-check.ts';
import type { GuardedFetch } from '../../ports/guarded-fetch.ts';
import type { ChosenBy } from './address-ranges.ts';
import { createDialler } from './dialler.ts';
import { readAtMost } from './read-at-most.ts';

/** Metadata, keys, tokens and claims are small, and rarely asked for. */
const ANSWER_BYTES_MAX = 256 * 1024;
const CONNECTIONS_MAX = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 1_000;

/** `host`: with its port, as the operator wrote it. Whoever answers there may name other hosts, but none in the own network. */
export function createGuardedFetch({ host }: { readonly host: string }): GuardedFetch {
  const agents = { operator: createAgent('operator'), peer: createAgent('peer') };
  return async (url, { method, headers, body, deadline }) => {
    const target = new URL(url);
    if (target.protocol !== 'https:' && !isLoopback(target.hostname))
      throw new Error(`${target.host} is not behind https`);
    const dispatcher = agents[target.host === host ? 'operator' : 'peer'];
    const answer = await request(target, { method: method as 'GET', headers, body, dispatcher, signal: deadline });
    // A body that is given up reports that as an error, which nobody else would listen to.
    answer.body.on('error', () => undefined);
    const bytes = await readAtMost(answer.body, ANSWER_BYTES_MAX);
    if (bytes === null) {
      answer.body.destroy();
      throw new Error(`the answer of ${target.host} is too large`);
    }
    const type = answer.headers['content-type'];
    const known = new Headers(typeof type === 'string' ? { 'content-type': type } : {});
    return new Response(bytes.length === 0 ? null : new Uint8Array(bytes), {
      status: answer.statusCode,
      headers: known,
    });
  };
}

function createAgent(chosenBy: ChosenBy): Agent {
  return new Agent({
    connect: createDialler({ chosenBy, hosts: null, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
    connections: CONNECTIONS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}
