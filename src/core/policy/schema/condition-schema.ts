import { z } from 'zod';
import { parseCondition } from '../cel/condition.ts';
import { BINDING_SOURCES, type BindingSource, type PolicyBinding } from '../policy-conditions.ts';

/** A CEL expression. The text comes out again, so that the rule stays plain data. */
export const when: z.ZodType<string, string> = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .superRefine((text, context) => {
    const condition = parseCondition(text);
    if (condition.ok) return;
    const { message, help, start } = condition.error;
    context.addIssue({ code: 'custom', message, params: { help, start } });
  })
  .describe(
    'A CEL expression over args, principal, tool, call, env and now that must hold, such as args.amount <= 10000.0',
  );

/** `filter.owner`: names of members, one inside the other. */
const argumentPath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_$][\w$-]{0,63}(?:\.[A-Za-z_$][\w$-]{0,63}){0,7}$/, {
    error: 'must be the name of an argument, or names inside each other such as filter.owner',
  });

const bindingSource = z.enum(BINDING_SOURCES.map((name) => `principal.${name}` as const));

/** Arguments that are filled in from the verified identity. */
export const bind: z.ZodType<readonly PolicyBinding[], Record<string, string>> = z
  .record(argumentPath, bindingSource)
  .transform((bindings) =>
    Object.entries(bindings)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, source]): PolicyBinding => {
        return { path: path.split('.'), from: source.slice('principal.'.length) as BindingSource };
      }),
  )
  .describe(
    'Arguments that are filled in from who is calling: principal.id, principal.tenant or principal.client. Another value is denied',
  );

/** `args.id`, `args.filter.owner`. What comes out has no `args.`. */
export const recordPaths: z.ZodType<readonly (readonly string[])[], string[]> = z
  .array(
    z
      .string()
      .max(205)
      .regex(/^args(?:\.[A-Za-z_$][\w$-]{0,63}){1,8}$/, { error: 'must be an argument such as args.id' })
      .transform((path) => path.split('.').slice(1)),
  )
  .max(8)
  .describe('Arguments that name the records that the call touches, such as args.id; the audit log keeps them');

/** A moment with its zone: readers would differ on any other. */
export const moment: z.ZodType<number, string> = z.string().transform((text, context) => {
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  // oxlint-disable-next-line no-restricted-globals -- pure: it reads the time that it is given and asks for none.
  const ms = match ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  context.addIssue({
    code: 'custom',
    message: 'must be a date and a time with their zone',
    params: { help: 'such as 2026-12-01T09:00:00Z or 2026-12-01T09:00:00+01:00' },
  });
  return z.NEVER;
});

export const environments: z.ZodType<readonly string[], string[]> = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, { error: 'must be the name of an environment' }))
  .min(1, { error: 'is empty, so the rule is never in force' })
  .max(20)
  .describe('The environments in which the rule is in force; without it, in all');
