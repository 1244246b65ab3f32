/**
 * What a governed request is about. The last two are completion: of an argument of a prompt, and of a variable of a resource
 * template.
 */
export type TargetKind = 'tool' | 'resource' | 'prompt' | 'prompt-argument' | 'template-argument';

/** A thing of an upstream by the names of its owner. */
export interface Target {
  readonly kind: TargetKind;
  /** The operator's name for the upstream. */
  readonly upstream: string;
  /** The name of the tool or the prompt, the URI of the resource, or the URI template; as the upstream has it. */
  readonly name: string;
}

/** The methods of a host that can reach an upstream, if policy allows. */
export type GovernedMethod = 'tools/call' | 'resources/read' | 'prompts/get' | 'completion/complete';

export function methodOf(kind: TargetKind): GovernedMethod {
  return METHODS[kind];
}

/** A tool by its name alone; anything else with its method, so that the two are never taken for each other. */
export function labelOf({ kind, name }: Target): string {
  return kind === 'tool' ? name : `${METHODS[kind]} ${name}`;
}

const METHODS: Readonly<Record<TargetKind, GovernedMethod>> = {
  tool: 'tools/call',
  resource: 'resources/read',
  prompt: 'prompts/get',
  'prompt-argument': 'completion/complete',
  'template-argument': 'completion/complete',
};

export function isGovernedMethod(method: string): method is GovernedMethod {
  return Object.values(METHODS).some((known) => known === method);
}

/** What a recorded call was about. Whose argument was completed shows in its name: only a template holds braces. */
export function kindOf(method: GovernedMethod, name: string): TargetKind {
  switch (method) {
    case 'tools/call':
      return 'tool';
    case 'resources/read':
      return 'resource';
    case 'prompts/get':
      return 'prompt';
    case 'completion/complete':
      return name.includes('{') ? 'template-argument' : 'prompt-argument';
  }
}
