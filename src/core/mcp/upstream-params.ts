import { assertNever } from '../result.ts';
import type { Target } from '../catalog/target.ts';

/**
 * The parameters of the method that a target stands for, as canonical JSON without `_meta`. `argumentsJson` is the canonical JSON
 * object that was decided on: the arguments of a tool or prompt, `{}` for a resource, `argument` and `context` of a completion.
 */
export function upstreamParams({ kind, name }: Target, argumentsJson: string): string {
  const nameJson = JSON.stringify(name);
  switch (kind) {
    case 'tool':
    case 'prompt':
      return `{"arguments":${argumentsJson},"name":${nameJson}}`;
    case 'resource':
      return `{"uri":${nameJson}}`;
    case 'prompt-argument':
      return `${argumentsJson.slice(0, -1)},"ref":{"name":${nameJson},"type":"ref/prompt"}}`;
    case 'template-argument':
      return `${argumentsJson.slice(0, -1)},"ref":{"type":"ref/resource","uri":${nameJson}}}`;
    default:
      return assertNever(kind);
  }
}
