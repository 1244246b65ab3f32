import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseBodyTemplate } from '../../src/core/notify/notice-body.ts';
import { PROJECT } from '../support/project-files.ts';

const text = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
const templates = [...text.matchAll(/^\| (\w+)[^|]*\| `'(\{.*\})'`/gm)].map(([, name, body]) => [name, body] as const);

it('names bodies for known receivers', () => {
  expect(templates.map(([name]) => name)).toEqual(['Slack', 'Teams', 'ntfy', 'PagerDuty', 'PagerDuty']);
});

it.each(templates)('the body for %s is one that the configuration takes', (_name, body = '') => {
  expect(parseBodyTemplate(body)).toMatchObject({ ok: true });
});
