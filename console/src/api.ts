import type { ProblemDocument } from '../../src/core/admin-api/problem-document.ts';
import { session } from './session.ts';

/** What the server said instead of an answer. */
export class ApiProblem extends Error {
  readonly help: string;
  readonly status: number;

  constructor({ detail, help, status }: Pick<ProblemDocument, 'detail' | 'help' | 'status'>) {
    super(detail);
    this.help = help;
    this.status = status;
  }
}

/** The only way to the admin API. A session that is over leads to the page where one signs in. */
async function send<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  /** JSON. */
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...headers,
      ...(method === 'GET' ? {} : { 'x-csrf-token': session.csrf }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  }).catch(() => {
    throw new ApiProblem({ status: 0, detail: 'the gateway does not answer', help: 'Look whether it runs.' });
  });
  if (response.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return new Promise<T>(() => undefined);
  }
  const json: unknown = await response.json();
  if (!response.ok) throw new ApiProblem(json as ProblemDocument);
  // The answers of our own server, of this very version: its schemas describe them.
  return json as T;
}

export const api = {
  get: <T>(path: string): Promise<T> => send<T>('GET', path),
  /** Asked by the page and not by a person: does not keep the session from ending. */
  getAgain: <T>(path: string): Promise<T> => send<T>('GET', path, undefined, { 'x-background': '1' }),
  post: <T>(path: string, body: unknown): Promise<T> => send<T>('POST', path, JSON.stringify(body)),
  /** For what a person typed as JSON: it is sent as it is. */
  postText: <T>(path: string, json: string): Promise<T> => send<T>('POST', path, json),
  delete: <T>(path: string): Promise<T> => send<T>('DELETE', path),
};
