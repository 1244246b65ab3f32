import type { ToolClass } from '../../catalog/tool.ts';
import type { PolicyTools } from '../policy-file.ts';
import { createNamePattern, type NamePattern } from './name-pattern.ts';

/** Whether a rule is about this tool, given the class that a call of it has. */
export type ToolsMatcher = (tool: string, toolClass: ToolClass) => boolean;

export function createToolsMatcher(tools: PolicyTools): ToolsMatcher {
  if (tools.kind === 'class') return (_tool, toolClass) => toolClass === tools.class;
  const patterns: readonly NamePattern[] = tools.patterns.map(createNamePattern);
  return (tool) => patterns.some((pattern) => pattern.matches(tool));
}
