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

/** Members of Slack's blocks and of adaptive cards that hold markup; others of these are plain text. */
function markupOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { readonly type?: unknown; readonly text?: unknown };
  const isPlain = type === 'plain_text' || type === 'TextRun';
  const own = typeof text === 'string' && !isPlain ? [text] : [];
  return [...own, ...Object.values(value).flatMap(markupOf)];
}

it.each(templates.slice(0, 2))('%s reads no markup in what an agent chose', (_name, body = '') => {
  expect(body).toContain('{{summary}}');
  expect(markupOf(JSON.parse(body)).filter((text) => /\{\{(?!type\}\})/.test(text))).toEqual([]);
});

it.each(templates)('the body for %s is one that the configuration takes', (_name, body = '') => {
  expect(parseBodyTemplate(body)).toMatchObject({ ok: true });
});
