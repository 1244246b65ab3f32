/** As much of a browser as signing in needs: it keeps cookies by host and port, follows redirects and the pages that lead on. */
export interface CookieBrowser {
  get(url: string): Promise<Visit>;
  post(url: string, fields: Readonly<Record<string, string>>): Promise<Visit>;
  /** As the `Cookie` header of that origin has them. */
  cookies(url: string): string;
}

export interface Visit {
  /** Of the last page. */
  readonly url: string;
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  /** Every address on the way, the last one too. */
  readonly way: readonly string[];
}

export interface BrowserHabits {
  /** Called before each request after the first; `false` stops there. */
  readonly goesOn?: (url: string) => boolean;
}

const STEPS_MAX = 12;

export function createCookieBrowser({ goesOn = () => true }: BrowserHabits = {}): CookieBrowser {
  const jar = new Map<string, Map<string, string>>();
  const cookies = (url: string): string =>
    [...(jar.get(new URL(url).origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');

  function keep(url: string, headers: Headers): void {
    const kept = jar.get(new URL(url).origin) ?? new Map<string, string>();
    jar.set(new URL(url).origin, kept);
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const isOver = attributes.some((each) => /^max-age=0$|^expires=Thu, 01 Jan 1970/i.test(each));
      if (isOver) kept.delete(name);
      else kept.set(name, value);
    }
  }

  async function visit(first: string, init: RequestInit): Promise<Visit> {
    const way: string[] = [];
    let [url, options] = [first, init];
    for (let step = 0; step < STEPS_MAX; step++) {
      way.push(url);
      const headers = { ...(options.headers as Record<string, string>), cookie: cookies(url) };
      const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
      keep(url, answer.headers);
      const body = await answer.text();
      const next = answer.headers.get('location') ?? /http-equiv="refresh" content="0; url=([^"]*)"/.exec(body)?.[1];
      const done: Visit = { url, status: answer.status, body, headers: answer.headers, way };
      if (next === undefined) return done;
      url = new URL(next.replaceAll('&amp;', '&'), url).href;
      options = {};
      if (!goesOn(url)) return { ...done, url };
    }
    throw new Error(`this goes in circles: ${way.join(' ')}`);
  }

  return {
    cookies,
    get: (url) => visit(url, {}),
    post: (url, fields) =>
      visit(url, {
        method: 'POST',
        headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      }),
  };
}
