import type { InboundHeaders } from './inbound-headers.ts';
import { type HttpRefusal, REFUSALS } from './refusals.ts';

/** Which web a listener belongs to, lower case. */
export interface KnownNames {
  /** Host names without ports. */
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const LOOPBACK_ADDRESSES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

export interface KnownNamesOptions {
  readonly publicUrl: string;
  readonly listenHost: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export function createKnownNames(options: KnownNamesOptions): KnownNames {
  const { publicUrl, listenHost, port, allowedHosts, allowedOrigins } = options;
  const url = new URL(publicUrl);
  const own = LOOPBACK_ADDRESSES.has(listenHost) ? LOOPBACK_NAMES : [];
  return {
    hosts: new Set([url.hostname, ...own, ...allowedHosts].map((name) => name.toLowerCase())),
    origins: new Set([url.origin, ...own.map((name) => `http://${name}:${port}`), ...allowedOrigins]),
  };
}

/**
 * Refuses requests that a web page made through the reader's browser: one that names another host (DNS rebinding), and one that
 * comes from another origin. Always on, with and without credentials. Source: MCP, "Streamable HTTP", "Security".
 */
export function checkNames(headers: InboundHeaders, known: KnownNames): HttpRefusal | null {
  if (headers.host === null) return REFUSALS.hostMissing;
  if (!known.hosts.has(hostName(headers.host))) return REFUSALS.foreignHost;
  if (headers.origin !== null && !known.origins.has(headers.origin)) return REFUSALS.foreignOrigin;
  return null;
}

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

const JSON_TYPE = 'application/json';
const JSON_TYPE_FORMS = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;
const ACCEPTS_JSON = /(?:application\/(?:json|\*)|\*\/\*)/i;
const ACCEPTS_EVENTS = /text\/event-stream/i;

/** The name in a `Host` header, without its port; the whole header where that is no number, which then is no known name either. */
function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  const isPort = colon > 0 && host.indexOf(']', colon) === -1 && PORT.test(host.slice(colon + 1));
  return (isPort ? host.slice(0, colon) : host).toLowerCase();
}

const PORT = /^[0-9]{1,5}$/;
