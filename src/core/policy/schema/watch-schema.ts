import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { PolicyWatch } from '../policy-watch.ts';

const COUNT_MAX = 10_000;
const WINDOW_MS_MAX = 86_400_000;

const count = z.int().min(2).max(COUNT_MAX).describe('How many are too many');
const within = z
  .string()
  .transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.value >= 1000 && parsed.value <= WINDOW_MS_MAX) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.ok ? 'must be between 1s and 1d' : parsed.error });
    return z.NEVER;
  })
  .describe('In which time, such as 1m');

/** What is done then. */
const ACTIONS = {
  'repeated-denials': 'freeze-principal',
  'identical-calls': 'deny',
  'first-use-of-tool': 'require-approval',
} as const;

/** One entry of `watch`: each thing that is looked out for has one action that goes with it. */
export const watch: z.ZodType<PolicyWatch, unknown> = z
  .strictObject({
    on: z
      .enum(['repeated-denials', 'identical-calls', 'first-use-of-tool'])
      .describe('What is looked out for in the calls of each person'),
    count: count.optional(),
    within: within.optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- a key of the language, of an object that nobody awaits.
    then: z.enum(['freeze-principal', 'deny', 'require-approval']).describe('What is done then'),
  })
  .superRefine(({ on, then, ...counted }, context) => {
    const add = (path: string, message: string, help: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { help } });
    if (then !== ACTIONS[on]) add('then', `does not go with ${on}`, `write \`then: ${ACTIONS[on]}\``);
    for (const key of ['count', 'within'] as const) {
      const isGiven = counted[key] !== undefined;
      if (on === 'first-use-of-tool' && isGiven) add(key, 'has no meaning here', 'there is only one first use');
      if (on !== 'first-use-of-tool' && !isGiven) add(key, 'is missing', 'such as `count: 10, within: 1m`');
    }
  })
  .transform(({ on, count: times = 0, within: windowMs = 0 }): PolicyWatch => {
    return on === 'first-use-of-tool' ? { on } : { on, count: times, windowMs };
  });
