import { request } from 'undici';

const TIMEOUT_MS = 15_000;

export interface AdminFetch {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly token: string;
  /** Sent as JSON; `null`: no body. */
  readonly json: unknown;
  readonly signal: AbortSignal;
}

/** One request to the admin API. Throws where there is no answer. */
export type FetchAdmin = (fetch: AdminFetch) => Promise<{ readonly status: number; readonly text: string }>;

export interface EventsFetch {
  readonly url: URL;
  readonly token: string;
  /** Where a lost stream goes on. */
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
}

export interface OpenedEvents {
  readonly status: number;
  /** Of a stream. Throws where it is lost. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of an answer that is none. */
  readonly text: () => Promise<string>;
}

export type OpenEvents = (fetch: EventsFetch) => Promise<OpenedEvents>;

/** The gateway writes something every 10 s, so a stream that is silent for longer is none any more. */
const SILENCE_MS = 35_000;

export const openEvents: OpenEvents = async ({ url, token, lastEventId, signal }) => {
  const { statusCode, body } = await request(url, {
    signal,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: SILENCE_MS,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
  });
  return { status: statusCode, chunks: body as AsyncIterable<Uint8Array>, text: () => body.text() };
};

/** Follows no redirect: the credential goes to the address that the operator named, and nowhere else. */
export const fetchAdmin: FetchAdmin = async ({ method, url, token, json, signal }) => {
  const { statusCode, body } = await request(url, {
    method,
    signal,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    headers: {
      authorization: `Bearer ${token}`,
      ...(json === null ? {} : { 'content-type': 'application/json' }),
    },
    body: json === null ? null : JSON.stringify(json),
  });
  return { status: statusCode, text: await body.text() };
};
