import { z } from 'zod';
import { type DataClass, PERSONAL_DATA_CLASSES } from '../../content/detectors/detector.ts';
import type { FieldPath, ResultDuties } from '../../content/shape/result-duties.ts';

const FIELDS_MAX = 200;
/** Less could not hold the marker that says what is missing. */
const BYTES_MIN = 256;
const BYTES_MAX = 16 * 1024 * 1024;

const field = z
  .string()
  .max(400)
  .regex(/^[^\s.*[\]](?:[^.*[\]\p{Cc}]{0,126}[^\s.*[\]])?(?:\.[^\s.*[\]](?:[^.*[\]\p{Cc}]{0,126}[^\s.*[\]])?){0,7}$/u, {
    error:
      'must be the name of a field, or names inside each other such as owner.email; arrays are looked into by themselves',
  })
  .transform((path): FieldPath => path.split('.'));

const fields = z.array(field).min(1, { error: 'is empty' }).max(FIELDS_MAX);

const dataClass = z.enum(['personal-data', 'secrets', ...PERSONAL_DATA_CLASSES]);

/** What a rule does to the results of what it grants. */
export const result: z.ZodType<ResultDuties, unknown> = z
  .strictObject({
    keep: fields.optional().describe('The fields of records that are shown, and no others'),
    drop: fields.optional().describe('Fields that are taken out, wherever they stand'),
    redact: z
      .array(dataClass)
      .min(1, { error: 'is empty' })
      .max(dataClass.options.length)
      .optional()
      .describe('What is replaced by a marker: `personal-data` is all of its classes, `secrets` are credentials'),
    maxBytes: z
      .int()
      .min(BYTES_MIN)
      .max(BYTES_MAX)
      .optional()
      .describe('How long the result may be, as JSON. What is longer is cut, and says so'),
    untrusted: z.boolean().default(false).describe('Marks the result as data that must not be taken for instructions'),
  })
  .superRefine(({ untrusted, ...others }, context) => {
    if (untrusted || Object.values(others).some((value) => value !== undefined)) return;
    context.addIssue({ code: 'custom', message: 'asks for nothing', params: { help: NOTHING_ASKED } });
  })
  .transform(
    ({ keep, drop, redact, maxBytes, untrusted }): ResultDuties => ({
      keep: keep ?? null,
      drop: drop ?? [],
      redact: classesOf(redact ?? []),
      bytesMax: maxBytes ?? null,
      untrusted,
    }),
  );

const NOTHING_ASKED = 'give one of `keep`, `drop`, `redact`, `maxBytes` and `untrusted`, or leave `result` out';

function classesOf(named: readonly z.infer<typeof dataClass>[]): readonly DataClass[] {
  const classes = named.flatMap((name): readonly DataClass[] => {
    if (name === 'personal-data') return PERSONAL_DATA_CLASSES;
    return [name === 'secrets' ? 'secret' : name];
  });
  return [...new Set(classes)].toSorted();
}
