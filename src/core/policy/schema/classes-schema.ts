import { z } from 'zod';
import type { ArgumentClasses, PolicyClasses } from '../policy-file.ts';
import { ENTRIES_MAX, name, toolPattern, toolPatterns } from './names-schema.ts';

const argumentClasses: z.ZodType<ArgumentClasses, unknown> = z
  .strictObject({
    argument: name.describe('The argument, at the top level, whose value tells what the call does'),
    read: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that only read'),
    write: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that change something'),
    never: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that nobody may use'),
  })
  .superRefine((classes, context) => {
    const values = [...classes.read, ...classes.write, ...classes.never];
    if (values.length === 0)
      context.addIssue({ code: 'custom', message: 'lists no value', params: { help: NO_VALUE } });
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', message: `lists the value ${JSON.stringify(twice)} more than once` });
    }
  });

/** The lists of one file, checked one by one. */
export const classes: z.ZodType<PolicyClasses, unknown> = z
  .strictObject({
    read: toolPatterns.default([]).describe('Tools that only read: names, or patterns with `*`'),
    write: toolPatterns
      .default([])
      .describe('Tools that change something. They need approval unless a rule says otherwise'),
    never: toolPatterns
      .default([])
      .describe('Tools that nobody may use, whatever any rule says. They are not listed either'),
    byArgument: z
      .record(toolPattern.regex(/^[^*]*$/, { error: 'must be the exact name of a tool' }), argumentClasses)
      .default({})
      .describe('Tools that do several things, by name: the value of one argument gives the class of the call'),
  })
  .transform((lists): PolicyClasses => ({ ...lists, byArgument: new Map(Object.entries(lists.byArgument)) }))
  .describe('What each tool does. The strictest list that names a tool wins; a tool in no list is unclassified');

const NO_VALUE = 'name the values of the argument under `read`, `write` or `never`';
