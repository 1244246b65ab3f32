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

export interface StreamFetch {
  readonly url: URL;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface OpenedStream {
  readonly status: number;
  /** Of a stream. Throws where it is lost. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of an answer that is none. */
  readonly text: () => Promise<string>;
}

export type OpenStream = (fetch: StreamFetch) => Promise<OpenedStream>;

/** The gateway writes something every 10 s, so a stream that is silent for longer is none any more. */
const SILENCE_MS = 35_000;

/** An answer that is taken as it comes, and no faster. */
export const openStream: OpenStream = async ({ url, token, headers, signal }) => {
  const { statusCode, body } = await request(url, {
    signal,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: SILENCE_MS,
    headers: { ...headers, authorization: `Bearer ${token}` },
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
