import { visibleText } from '../content/visible-text.ts';
import { didYouMean } from '../did-you-mean.ts';
import { err, ok, type Result } from '../result.ts';
import { NOTICE_FACTS, type Notice } from './notice.ts';

/** Writes the body of one kind of webhook. `members`: what a digest is of; empty for any other notice. */
export type NoticeWriter = (notice: Notice, members: readonly Notice[], timestamp: string) => string;

/** The form of Standard Webhooks: `type`, `timestamp` and `data`. */
export const writeStandardBody: NoticeWriter = (notice, members, timestamp) => {
  const { type, facts, url, summary } = notice;
  const requests = members.length === 0 ? {} : { approvals: members.map(dataOf) };
  return JSON.stringify({ type, timestamp, data: { ...facts, url, summary, ...requests } });
};

function dataOf({ facts, url, summary }: Notice): Readonly<Record<string, string>> {
  return { ...facts, url, summary };
}

const FIELDS = ['type', ...NOTICE_FACTS, 'url', 'summary'] as const;
type Field = (typeof FIELDS)[number];

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/**
 * A writer from a template of the operator's: JSON, with `{{summary}}` and its like inside strings. What is filled in is escaped as JSON,
 * so no name of a tool or a person can become anything but text of that string. The error says what is wrong with the template.
 */
export function parseBodyTemplate(template: string): Result<NoticeWriter, string> {
  for (const [, name = ''] of template.matchAll(PLACEHOLDER)) {
    if (FIELDS.some((field) => field === name)) continue;
    const near = didYouMean(name, FIELDS);
    return err(
      `there is no {{${name}}}; ${near === null ? `there are ${FIELDS.join(', ')}` : `did you mean ${near}?`}`,
    );
  }
  const write = (valueOf: (field: Field) => string): string =>
    template.replace(PLACEHOLDER, (_all, name: Field) => JSON.stringify(valueOf(name)).slice(1, -1));
  // Only inside a string are a quotation mark and a brace text.
  const trial = write(() => '"}],{');
  try {
    JSON.parse(trial);
  } catch {
    return err('is no JSON with its values inside strings');
  }
  return ok((notice) => write((field) => valueIn(notice, field)));
}

/** For people, so nothing in it is unseen or turns text around. Empty where the notice does not know it. */
function valueIn({ type, facts, url, summary }: Notice, field: Field): string {
  return visibleText({ ...facts, type, url, summary }[field] ?? '');
}
