import { didYouMean } from '../did-you-mean.ts';
import { err, ok, type Result } from '../result.ts';
import type { ApprovalNotice } from './approval-notice.ts';

/** Writes the body of one kind of webhook. */
export type NoticeWriter = (notice: ApprovalNotice, timestamp: string) => string;

/** The form of Standard Webhooks: `type`, `timestamp` and `data`. */
export const writeStandardBody: NoticeWriter = ({ type, ...data }, timestamp) =>
  JSON.stringify({ type, timestamp, data });

const FIELDS = [
  'type',
  'approvalId',
  'status',
  'requester',
  'client',
  'upstream',
  'tool',
  'reason',
  'expiresAt',
  'decidedBy',
  'url',
  'summary',
] as const satisfies readonly (keyof ApprovalNotice)[];

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
  const write = (valueOf: (field: string) => string): string =>
    template.replace(PLACEHOLDER, (_all, name: string) => JSON.stringify(valueOf(name)).slice(1, -1));
  // Only inside a string are a quotation mark and a brace text.
  const trial = write(() => '"}],{');
  try {
    JSON.parse(trial);
  } catch {
    return err('is no JSON with its values inside strings');
  }
  return ok((notice) => write((field) => String(notice[field as keyof ApprovalNotice])));
}
