import { type AllowedHosts, checkHost, type HostFault } from '../../core/http/host-check.ts';
import type { InboundHeaders } from './inbound-headers.ts';
import { type HttpRefusal, REFUSALS } from './refusals.ts';

/** Refuses requests that a web page made through the reader's browser: from another origin, or to another name (DNS rebinding). */
export function checkNames({ host, origin }: InboundHeaders, allowed: AllowedHosts): HttpRefusal | null {
  const fault = checkHost(allowed, host, origin);
  return fault === null ? null : HOST_REFUSALS[fault];
}

const HOST_REFUSALS: Readonly<Record<HostFault, HttpRefusal>> = {
  'host-missing': REFUSALS.hostMissing,
  'foreign-host': REFUSALS.foreignHost,
  'foreign-origin': REFUSALS.foreignOrigin,
};

/** Refuses a body that is not plain JSON by name, before any of it is read. Compared as a whole: a substring is how others fell. */
export function checkMedia(headers: InboundHeaders): HttpRefusal | null {
  const { contentType, contentEncoding, accept } = headers;
  if (contentEncoding !== null && contentEncoding.toLowerCase() !== 'identity') return REFUSALS.contentEncoding;
  if (contentType === null || (contentType !== JSON_TYPE && !JSON_TYPE_FORMS.test(contentType)))
    return REFUSALS.contentType;
  if (accept !== null && !ACCEPTS_JSON.test(accept)) return REFUSALS.notAcceptable;
  return null;
}

export function acceptsEventStream(headers: InboundHeaders): boolean {
  return headers.accept !== null && ACCEPTS_EVENTS.test(headers.accept);
}

/** Whether a host names event streams before JSON: both will do, and it is answered the way that comes first. */
export function prefersEventStream({ accept }: InboundHeaders): boolean {
  if (accept === null) return false;
  const events = accept.search(ACCEPTS_EVENTS);
  return events !== -1 && events < accept.search(ACCEPTS_JSON);
}

const JSON_TYPE = 'application/json';
const JSON_TYPE_FORMS = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;
const ACCEPTS_JSON = /(?:application\/(?:json|\*)|\*\/\*)/i;
const ACCEPTS_EVENTS = /text\/event-stream/i;
