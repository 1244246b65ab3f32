import { readFileSync } from 'node:fs';

/** How `npm start` starts the gateway, and so how it is measured. */
export interface StartedAs {
  /** `NAME=value`. */
  readonly env: readonly string[];
  /** Of Node. */
  readonly flags: readonly string[];
}

/** From `exec env NAME=value… node --flag… dist/main.js up`. */
export function asShipped(): StartedAs {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { start } = (JSON.parse(text) as { readonly scripts: { readonly start: string } }).scripts;
  const [env = '', flags = ''] = /^exec env (.+) node (.+) dist\/main\.js up$/.exec(start)?.slice(1) ?? [];
  if (flags === '') throw new Error(`the script "start" in package.json reads in another way: ${start}`);
  return { env: env.split(' '), flags: flags.split(' ') };
}
