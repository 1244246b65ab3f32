import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type ChosenBy, isForbidden } from './address-ranges.ts';

export interface DiallerOptions {
  readonly chosenBy: ChosenBy;
  /** The only names and addresses that may be dialled, as `URL.hostname` has them; `null` where any may. */
  readonly hosts: readonly string[] | null;
  readonly connectTimeoutMs: number;
}

/** Nothing was connected: the far end is out of bounds. `code` is what callers see of it; the message is the operator's. */
class EgressError extends Error {
  readonly code = 'EGRESS_DENIED';
}

/**
 * The way out for every connection of the gateway: names are resolved here, the answer is checked, and it is that answer which is
 * connected to. A name that resolves to something else a moment later (DNS rebinding) changes nothing. A name with one forbidden
 * address is forbidden as a whole, so that it is not luck which one is taken.
 */
export function createDialler({ chosenBy, hosts, connectTimeoutMs }: DiallerOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, allowH2: false, lookup: guardedLookup(chosenBy) });
  const allowed = hosts === null ? null : new Set(hosts.map((host) => host.toLowerCase()));
  return (options, callback) => {
    const host = options.hostname.toLowerCase();
    const literal = host.replace(/^\[|\]$/g, '');
    if (allowed !== null && !allowed.has(host))
      return callback(denied(host, 'is not in the list of `egress.allow`'), null);
    // An address is not looked up, so it has to be checked here.
    if (isIP(literal) !== 0 && isForbidden(literal, chosenBy)) return callback(denied(host, 'is out of bounds'), null);
    connect(options, callback);
  };
}

function guardedLookup(chosenBy: ChosenBy): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => isForbidden(address, chosenBy))) {
        return callback(denied(hostname, 'resolves to an address that is out of bounds'), '');
      }
      if (options.all === true) return callback(null, addresses as LookupAddress[]);
      callback(null, first.address, first.family);
    });
  };
}

function denied(host: string, why: string): EgressError {
  return new EgressError(`${host} ${why}`);
}
