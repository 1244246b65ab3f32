import { createClassifier, createClassLists } from './classify.ts';
import type { Problem } from '../problem.ts';
import { compileLimits } from './compile-limits.ts';
import type { PolicySource } from './compile-policy.ts';

/** What no single file shows: things said twice. And, as warnings, what is allowed but deserves a second look. */
export function findPolicyConflicts(sources: readonly PolicySource[]): readonly Problem[] {
  return [...Map.groupBy(sources, ({ file }) => file.upstream).values()].flatMap((files) => [
    ...findRulesSaidTwice(files),
    ...findArgumentsSaidTwice(files),
    ...findLimitsSaidTwice(files),
    ...findPreviewsThatWrite(files),
    ...files.flatMap(findUnattendedRules),
  ]);
}

function findRulesSaidTwice(files: readonly PolicySource[]): Problem[] {
  const firstPlaces = new Map<string, string>();
  return files.flatMap(({ file, placeOf }) =>
    file.rules.flatMap(({ id }, index): Problem[] => {
      const place = placeOf(['rules', index, 'id']);
      const first = firstPlaces.get(id);
      if (first === undefined) {
        firstPlaces.set(id, place);
        return [];
      }
      return [
        {
          severity: 'error',
          place,
          subject: `rules[${index}].id`,
          message: `another rule for upstream ${file.upstream} has this id, at ${first}`,
          got: id,
          help: 'decisions name the rule that spoke, so every rule of an upstream needs an id of its own',
        },
      ];
    }),
  );
}

/** Two limits that count the same, in the same time, would each count for both. */
function findLimitsSaidTwice(files: readonly PolicySource[]): Problem[] {
  const firstPlaces = new Map<string, string>();
  return files.flatMap((source) =>
    compileLimits(source).flatMap(({ id, limit, place }, index): Problem[] => {
      const counts = [
        limit.calls?.windowMs,
        limit.spend?.budget.windowMs,
        limit.concurrentMax === null ? null : 'at once',
      ];
      const keys = counts.flatMap((each, kind) =>
        each === undefined || each === null ? [] : [`${id} ${kind} ${each}`],
      );
      const first = keys.map((key) => firstPlaces.get(key)).find((each) => each !== undefined);
      for (const key of keys) if (!firstPlaces.has(key)) firstPlaces.set(key, place);
      if (first === undefined) return [];
      const message = `another limit counts the same calls of the same people in the same time, at ${first}`;
      return [
        { severity: 'error', place, subject: `limits[${index}]`, message, got: null, help: 'keep one of the two' },
      ];
    }),
  );
}

/** A preview is made without asking anybody, so its tool must be one that only reads, whatever a call gives it. */
function findPreviewsThatWrite(files: readonly PolicySource[]): Problem[] {
  const lists = createClassLists(files.map(({ file }) => file.classes));
  return files.flatMap(({ file, placeOf }) =>
    file.rules.flatMap(({ approval }, index): Problem[] => {
      const preview = approval?.preview ?? null;
      if (preview === null) return [];
      const toolClass = createClassifier(lists, preview.tool).classOf(preview.args);
      if (toolClass === 'read') return [];
      return [
        {
          severity: 'error',
          place: placeOf(['rules', index, 'approval', 'preview', 'tool']),
          subject: `rules[${index}].approval.preview.tool`,
          message:
            toolClass === 'unclassified'
              ? 'is in no class, so it is not known to be a read'
              : `is no read but in the class ${toolClass}`,
          got: preview.tool,
          help: 'name a tool of this upstream that stands under `classes.read`',
        },
      ];
    }),
  );
}

function findArgumentsSaidTwice(files: readonly PolicySource[]): Problem[] {
  const firstPlaces = new Map<string, string>();
  return files.flatMap(({ file, placeOf }) =>
    [...file.classes.byArgument.keys()].flatMap((tool): Problem[] => {
      const place = placeOf(['classes', 'byArgument', tool]);
      const first = firstPlaces.get(tool);
      if (first === undefined) {
        firstPlaces.set(tool, place);
        return [];
      }
      return [
        {
          severity: 'error',
          place,
          subject: `classes.byArgument.${tool}`,
          message: `the classes of this tool by argument are already given at ${first}`,
          got: null,
          help: 'keep one of the two',
        },
      ];
    }),
  );
}

function findUnattendedRules({ file, placeOf }: PolicySource): Problem[] {
  return file.rules.flatMap(({ id, unattended }, index): Problem[] =>
    unattended
      ? [
          {
            severity: 'warning',
            place: placeOf(['rules', index, 'unattended']),
            subject: `rules[${index}].unattended`,
            message: `writes that rule ${id} allows run without any approval`,
            got: 'true',
            help: 'name single tools and few people in such a rule',
          },
        ]
      : [],
  );
}
