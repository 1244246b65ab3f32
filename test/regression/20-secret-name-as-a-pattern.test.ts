import { expect, it } from 'vitest';
import { CONFIG_ENV, createConfigDir } from '../support/config-dir.ts';

// Row 20, docker/mcp-gateway #467: the name of a secret was a pattern, so that `**` was all of them. Here a name is looked up as it is
// written. That secrets belong to one upstream and one person waits for the credentials of people.

it.each([
  '**',
  '*',
  'WIKI_*',
  'WIKI_TOKE?',
  '[A-Z_]+',
  '../WIKI_TOKEN',
  'WIKI_TOKEN:',
  'wiki_token',
  'WIKI_TOKEN,PATH',
])('${env:%s} is no variable, and its message shows no secret', (name) => {
  const dir = createConfigDir();
  try {
    const credentials = `{ kind: header, name: x-key, value: "\${env:${name}}", shared: true }`;
    const text = `version: 1\nupstreams:\n  crm: { url: "https://crm.example.com/mcp", credentials: ${credentials} }\n`;
    expect(dir.parse(text).ok).toBe(false);
    expect(dir.messages(text)).not.toContain(CONFIG_ENV['WIKI_TOKEN']);
  } finally {
    dir.remove();
  }
});
