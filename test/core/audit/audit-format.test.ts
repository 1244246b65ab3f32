import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeEntry, leafOf } from '../../../src/core/audit/encode-entry.ts';
import { OUTCOMES } from '../../../src/core/audit/entry.ts';
import { readProjectFile } from '../../support/project-files.ts';
import { SAMPLE_ENTRIES, SAMPLE_SALT } from '../../support/sample-entries.ts';

const page = readProjectFile('docs/audit-format.md');

/** The text under a heading, down to the next one. */
function section(heading: string): string {
  const [, rest] = page.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`the page has no heading "${heading}"`);
  return rest.split(/\n##/)[0] ?? '';
}

function examplesIn(text: string): readonly string[] {
  return [...text.matchAll(/```json\n(.*)\n```/g)].map(([, example]) => example ?? '');
}

describe('docs/audit-format.md', () => {
  it('has a section for every kind, in the order of a call', () => {
    const kinds = [...page.matchAll(/^### `([^`]+)`$/gm)].map(([, kind]) => kind);
    expect(kinds).toEqual(SAMPLE_ENTRIES.map(({ kind }) => kind));
  });

  it.each(SAMPLE_ENTRIES.map((entry, index) => ({ kind: entry.kind, entry, sequence: index + 1 })))(
    'shows a $kind entry as it is recorded, and explains each of its fields',
    ({ kind, entry, sequence }) => {
      const { body } = encodeEntry(entry, SAMPLE_SALT);
      const text = section(`### \`${kind}\``);
      expect(examplesIn(text)).toEqual([leafOf(body, sequence)]);

      const common = explainedIn(section('## Fields that several kinds have'));
      const own = explainedIn(text);
      const recorded = Object.keys(JSON.parse(body) as object).filter((field) => field !== 'kind');
      expect(own.filter((field) => !recorded.includes(field))).toEqual([]);
      expect(recorded.filter((field) => !own.includes(field) && !common.includes(field))).toEqual([]);
    },
  );

  it('shows the payload that the decision entry commits to', () => {
    const [shown] = examplesIn(section('## The payload'));
    const payloads = SAMPLE_ENTRIES.map((entry) => encodeEntry(entry, SAMPLE_SALT).payload).filter(
      (text) => text !== null,
    );
    expect(payloads).toEqual([shown]);
    expect(section('### `decision`')).toContain(
      createHash('sha256')
        .update(shown ?? '')
        .digest('hex'),
    );
  });

  it('names every outcome', () => {
    expect(OUTCOMES.filter((outcome) => !section('### `outcome`').includes(`\`${outcome}\``))).toEqual([]);
  });
});

/** What stands in backticks at the beginning of each row of the tables. */
function explainedIn(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field]) => field ?? '');
}
