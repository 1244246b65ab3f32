import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import { LIMIT_SCOPES, type PolicyLimit, type Rate } from '../policy-limits.ts';
import { toolPatterns } from './names-schema.ts';
import { EVERYBODY, who } from './who-schema.ts';

const CALLS_MAX = 1_000_000;
const WINDOW_MS_MAX = 31 * 86_400_000;

/** `600/1m`. */
const rate: z.ZodType<Rate, string> = z.string().transform((text, context) => {
  const [max = '', window = '', ...rest] = text.split('/');
  const windowMs = parseDuration(window);
  const isRate = rest.length === 0 && /^[1-9][0-9]{0,6}$/.test(max) && Number(max) <= CALLS_MAX && windowMs.ok;
  if (isRate && windowMs.value >= 1000 && windowMs.value <= WINDOW_MS_MAX)
    return { max: Number(max), windowMs: windowMs.value };
  context.addIssue({
    code: 'custom',
    message: 'must be a number and a time, such as 600/1m or 20/1h',
    params: { help: `the number is 1 to ${CALLS_MAX}, the time 1s to 31d` },
  });
  return z.NEVER;
});

/** One entry of `limits`. */
export const limit: z.ZodType<PolicyLimit, unknown> = z
  .strictObject({
    who: who.optional(),
    tools: z
      .union([
        toolPatterns.min(1, { error: 'is empty, so the limit is about no tool' }),
        z.strictObject({ class: z.enum(['read', 'write']).describe('The tools of this class') }),
      ])
      .default(['*'])
      .describe('Which tools the limit is about, as in a rule; without it, all of the upstream'),
    per: z
      .enum(LIMIT_SCOPES)
      .default('principal')
      .describe('What is counted apart: each person, each client, each tool of each person, or everybody together'),
    calls: rate.optional().describe('How many calls in a time, such as 600/1m'),
    concurrent: z.int().min(1).max(10_000).optional().describe('How many calls run at once'),
    spend: z
      .strictObject({
        cost: z.int().min(1).max(CALLS_MAX).describe('What one call costs'),
        budget: rate.describe('How much may be spent in a time, such as 1000/1d'),
      })
      .optional()
      .describe('A price of each call, and a budget'),
  })
  .superRefine(({ calls, concurrent, spend }, context) => {
    if (calls !== undefined || concurrent !== undefined || spend !== undefined) return;
    const help = 'say `calls: 600/1m`, `concurrent: 8` or `spend: { cost: 3, budget: 1000/1d }`';
    context.addIssue({ code: 'custom', message: 'limits nothing', params: { help } });
  })
  .transform(
    (value): PolicyLimit => ({
      who: value.who ?? EVERYBODY,
      subject:
        'class' in value.tools ? { kind: 'tools-of-class', ...value.tools } : { kind: 'tools', patterns: value.tools },
      per: value.per,
      calls: value.calls ?? null,
      concurrentMax: value.concurrent ?? null,
      spend: value.spend ?? null,
    }),
  );
