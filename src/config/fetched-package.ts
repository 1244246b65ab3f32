/** A package that a command downloads before it runs it. */
export interface FetchedPackage {
  readonly spec: string;
  /** Whether it is always the same version. */
  readonly isPinned: boolean;
}

/**
 * Recognises commands that run a package straight from a registry. An update of such a package, or its theft, takes effect here at
 * the next start without anybody having looked at it. `null` where the command is none of those.
 */
export function findFetchedPackage(program: string, args: readonly string[]): FetchedPackage | null {
  const floating = args.find((arg) => /[@:]latest$/.test(arg));
  if (floating !== undefined) return { spec: floating, isPinned: false };
  const runner = RUNNERS.find(
    (each) => each.program.test(program) && each.verbs.every((verb, index) => verb.test(args[index] ?? '')),
  );
  if (runner === undefined) return null;
  const spec = findSpec(args.slice(runner.verbs.length), runner.specOption);
  if (spec === null) return { spec: 'a package', isPinned: false };
  return /^(?:\.{0,2}\/|file:)/.test(spec) ? null : { spec, isPinned: runner.pinned.test(spec) };
}

interface Runner {
  readonly program: RegExp;
  /** Arguments that turn the program into a runner. */
  readonly verbs: readonly RegExp[];
  /** The option that names the package, where it is not the first plain argument. */
  readonly specOption: RegExp;
  readonly pinned: RegExp;
}

const NPM_PINNED = /^(?:@[^/@]+\/)?[^/@]+@[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?$/;
const PYTHON_PINNED = /^[^@=]+(?:==|@)[0-9]+(?:\.[0-9]+)*[0-9a-z.+]*$/;
const NPM_OPTION = /^(?:-p|--package)$/;
const PYTHON_OPTION = /^(?:--from|--spec)$/;

const RUNNERS: readonly Runner[] = [
  { program: /^(?:npx|bunx|pnpx)$/, verbs: [], specOption: NPM_OPTION, pinned: NPM_PINNED },
  { program: /^npm$/, verbs: [/^(?:exec|x)$/], specOption: NPM_OPTION, pinned: NPM_PINNED },
  { program: /^(?:pnpm|yarn)$/, verbs: [/^dlx$/], specOption: NPM_OPTION, pinned: NPM_PINNED },
  { program: /^bun$/, verbs: [/^x$/], specOption: NPM_OPTION, pinned: NPM_PINNED },
  { program: /^uvx$/, verbs: [], specOption: PYTHON_OPTION, pinned: PYTHON_PINNED },
  { program: /^uv$/, verbs: [/^tool$/, /^run$/], specOption: PYTHON_OPTION, pinned: PYTHON_PINNED },
  { program: /^pipx$/, verbs: [/^run$/], specOption: PYTHON_OPTION, pinned: PYTHON_PINNED },
];

function findSpec(args: readonly string[], specOption: RegExp): string | null {
  const named = args.findIndex((arg) => specOption.test(arg.replace(/=.*/s, '')));
  if (named !== -1) {
    const [, inline] = /=(.*)$/s.exec(args[named] ?? '') ?? [];
    return inline ?? args[named + 1] ?? null;
  }
  return args.find((arg) => !arg.startsWith('-')) ?? null;
}
