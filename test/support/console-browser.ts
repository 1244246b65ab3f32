import { type RunningAdminPlane } from './start-admin-plane.ts';
import type { RawAnswer } from './raw-http.ts';

type Header = readonly [string, string];

/** What a browser that signed in sends, over raw sockets, so that each part of it can be left out or wrong. */
export interface SignedIn {
  readonly cookie: Header;
  readonly csrf: Header;
  readonly origin: Header;
  readonly csrfToken: string;
  readonly answer: RawAnswer;
}

export function postForm(
  plane: RunningAdminPlane,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: readonly Header[] = [['Origin', plane.url]],
): Promise<RawAnswer> {
  const form: Header = ['Content-Type', 'application/x-www-form-urlencoded'];
  return plane.ask({ method: 'POST', path, headers: [form, ...headers], body: new URLSearchParams(fields).toString() });
}

export async function signIn(plane: RunningAdminPlane, fields: Readonly<Record<string, string>>): Promise<SignedIn> {
  const answer = await postForm(plane, '/sign-in', fields);
  const cookie: Header = ['Cookie', (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''];
  const page = await plane.ask({ path: '/', headers: [cookie] });
  const csrfToken = /data-csrf="([^"]*)"/.exec(page.body)?.[1] ?? '';
  return { answer, cookie, csrfToken, csrf: ['X-CSRF-Token', csrfToken], origin: ['Origin', plane.url] };
}
