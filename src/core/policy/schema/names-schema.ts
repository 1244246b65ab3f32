import { z } from 'zod';
import { isResourceUri, URI_CHARS_MAX } from '../../catalog/resource-uri.ts';
import { TOOL_NAME_CHARS_MAX } from '../../catalog/tool-name.ts';

/** Entries of one list in a policy. */
export const ENTRIES_MAX = 1000;

/** A name that is compared exactly: what a reviewer cannot see, or would not notice, must not be in it. */
export const name: z.ZodType<string, string> = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(512)
  .regex(/^\S+(?: \S+)*$/, { error: 'has spaces at the start, at the end or in a row' });

/** Names of which one must match. */
export const names: z.ZodType<readonly string[], string[]> = z
  .array(name)
  .min(1, { error: 'is empty, so it matches nobody' })
  .max(ENTRIES_MAX);

/** A tool's name, or a pattern in which `*` stands for any characters. */
export const toolPattern: z.ZodString = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(TOOL_NAME_CHARS_MAX)
  .regex(/^[!-~]+(?: [!-~]+)*$/, { error: 'holds characters that no tool can be named by: visible ASCII alone' })
  .regex(/^[^?[\]{}()|^$\\]*$/, {
    error: 'is no pattern of this language: only `*` has a meaning, any characters or none',
  })
  .regex(/^(?!\.\*)/, {
    error: 'looks like a regular expression; here `.` is a dot and `*` alone means any characters',
  });

export const toolPatterns: z.ZodArray<z.ZodString> = z.array(toolPattern).max(ENTRIES_MAX);

/** A resource's URI, or a pattern in which `*` stands for any characters within a segment and `**` for any characters. */
const uriPattern: z.ZodString = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(URI_CHARS_MAX)
  .regex(/^[!-~]+$/, { error: 'holds characters that no URI is written with: visible ASCII alone' })
  .regex(/^[^{}]*$/, { error: 'is a template; a template is offered where patterns allow all that it can expand to' })
  .refine((text) => text === '**' || (SCHEME.test(text) && isResourceUri(text.replaceAll(/[*]+/g, 'x'))), {
    error:
      'matches no URI that could be read: it begins with a scheme in small letters, escapes only what needs it, and has no `..`',
  });

/** Without it, a pattern would be about schemes that its author did not think of. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/;

export const uriPatterns: z.ZodArray<z.ZodString> = z.array(uriPattern).max(ENTRIES_MAX);
