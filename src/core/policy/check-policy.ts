import type { Problem } from '../problem.ts';
import type { PolicySource } from './compile-policy.ts';

/** What no single file shows: things said twice. And, as warnings, what is allowed but deserves a second look. */
export function findPolicyConflicts(sources: readonly PolicySource[]): readonly Problem[] {
  return [...Map.groupBy(sources, ({ file }) => file.upstream).values()].flatMap((files) => [
    ...findRulesSaidTwice(files),
    ...findArgumentsSaidTwice(files),
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
