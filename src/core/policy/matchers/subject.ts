import type { ToolClass } from '../../catalog/tool.ts';
import type { PolicySubject } from '../policy-file.ts';
import { createNamePattern } from './name-pattern.ts';
import { createUriPattern } from './uri-pattern.ts';

/** The kinds of things that rules speak about. A template is a resource by its shape, and its completion as well. */
export type SubjectKind = 'tool' | 'resource' | 'prompt';

/** Whether a rule is about this thing, given the class that its use has. */
export type SubjectMatcher = (kind: SubjectKind, name: string, toolClass: ToolClass) => boolean;

export function createSubjectMatcher(subject: PolicySubject): SubjectMatcher {
  switch (subject.kind) {
    case 'tools-of-class':
      return (kind, _name, toolClass) => kind === 'tool' && toolClass === subject.class;
    case 'tools':
      return matcherFor('tool', subject.patterns.map(createNamePattern));
    case 'prompts':
      return matcherFor('prompt', subject.patterns.map(createNamePattern));
    case 'resources':
      return matcherFor('resource', subject.patterns.map(createUriPattern));
  }
}

function matcherFor(
  subjectKind: SubjectKind,
  patterns: readonly { readonly matches: (name: string) => boolean }[],
): SubjectMatcher {
  return (kind, name) => kind === subjectKind && patterns.some((pattern) => pattern.matches(name));
}
