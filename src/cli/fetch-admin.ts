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
