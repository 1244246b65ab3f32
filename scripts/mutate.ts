// Changes one thing at a time in the code that decides, and runs its tests: what no test notices is printed. It says which tests are missing,
// and nothing about the code. `node scripts/mutate.ts --minutes 20 --seed 1 [FILE…]`; without files it is about all of `src/core/policy`.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node';

const ROOT = join(import.meta.dirname, '..');
const CODE = 'src/core/policy';
const TESTS = ['test/core/policy', 'test/cli/lint', 'test/config/policy-messages', 'test/config/condition-places'];
/** Longer than all tests together take: whatever runs on is a loop without end, which somebody would notice. */
const HANG_MS = 120_000;

export interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

/** What is replaced by what, in code without comments and texts. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ < /g, ' <= '],
  [/ > /g, ' >= '],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/(?<=[\s(=])!(?=[\w(])/g, ''],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/(?<=\bif )\((?:[^()]|\([^()]*\))*\)/g, '(true)'],
  [/(?<=\bif )\((?:[^()]|\([^()]*\))*\)/g, '(false)'],
];

export function findMutants(file: string, text: string): readonly Mutant[] {
  const code = withoutWords(text);
  return REPLACEMENTS.flatMap(([pattern, put]) =>
    [...code.matchAll(pattern)].map(({ index, 0: found }) => ({ file, start: index, end: index + found.length, put })),
  );
}

/** Comments, texts, patterns and lines of types are blanks of the same length, so that every place stays. */
function withoutWords(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, blank)
    .replaceAll(/(?<=[=(,:]\s)\/(?:\\.|[^/\\\n])+\/[a-z]*/g, blank)
    .replaceAll(/^(?:import|export type|type|export interface|interface)\b[\s\S]*?^(?=\S)(?!\})/gm, blank)
    .replaceAll(/^\s+readonly [^\n]*;$/gm, blank);
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return items
    .map((item) => [next(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** A copy of the code and its tests, in which changes are made. */
function copyProject(): string {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-mutate-'));
  for (const part of ['src', 'test', 'policies', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(join(ROOT, part), join(dir, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

class Tests {
  readonly #dir = copyProject();
  #vitest: Vitest | null = null;
  #quick: TestSpecification[] = [];
  #slow: TestSpecification[] = [];

  /** Whether some test fails, the quick ones first. */
  async fail(mutant: Mutant | null): Promise<boolean> {
    this.#vitest ??= await this.#create();
    if (mutant === null) return (await this.#fails(this.#quick)) || (await this.#fails(this.#slow));
    const file = join(this.#dir, mutant.file);
    const text = readFileSync(file, 'utf8');
    this.#write(file, text.slice(0, mutant.start) + mutant.put + text.slice(mutant.end));
    const isNoticed = (await this.#fails(this.#quick)) || (await this.#fails(this.#slow));
    this.#write(file, text);
    return isNoticed;
  }

  #write(file: string, text: string): void {
    writeFileSync(file, text);
    this.#vitest?.invalidateFile(file);
  }

  async #fails(specifications: TestSpecification[]): Promise<boolean> {
    const vitest = (this.#vitest ??= await this.#create());
    const hang = Promise.withResolvers<'hang'>();
    const timer = setTimeout(() => hang.resolve('hang'), HANG_MS);
    const result = await Promise.race([vitest.rerunTestSpecifications(specifications), hang.promise]);
    clearTimeout(timer);
    if (result === 'hang') {
      await this.#stop();
      return true;
    }
    return result.unhandledErrors.length > 0 || result.testModules.some((module) => module.state() === 'failed');
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#dir, { recursive: true });
  }

  async #stop(): Promise<void> {
    const vitest = this.#vitest;
    this.#vitest = null;
    await Promise.race([vitest?.close(), new Promise((resolve) => void setTimeout(resolve, 5000))]);
  }

  async #create(): Promise<Vitest> {
    const options = { root: this.#dir, watch: false, bail: 1, isolate: false, maxWorkers: 1, reporters: [{}] };
    const vitest = await createVitest('test', options);
    const found = await vitest.globTestSpecifications(TESTS);
    this.#slow = found.filter(({ moduleId }) => moduleId.endsWith(SLOW));
    this.#quick = found.filter(({ moduleId }) => !moduleId.endsWith(SLOW));
    return vitest;
  }
}

/** Takes longer than all others together. */
const SLOW = '-properties.test.ts';

function placeOf({ file, start, end, put }: Mutant): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const before = text.slice(0, start).split('\n');
  const was = text.slice(start, end).replaceAll(/\s+/g, ' ').trim();
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${was} → ${put.trim() || 'nothing'}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
  });
  const all = readdirSync(join(ROOT, CODE), { recursive: true, encoding: 'utf8' });
  const files = positionals.length > 0 ? positionals : all.map((name) => join(CODE, name));
  const sources = files.filter((file) => file.endsWith('.ts'));
  const mutants = sources.flatMap((file) => findMutants(relative('', file), readFileSync(join(ROOT, file), 'utf8')));
  const untilMs = performance.now() + Number(values.minutes) * 60_000;
  const tests = new Tests();
  if (await tests.fail(null)) throw new Error('the tests fail as they are');
  const survivors: Mutant[] = [];
  let tried = 0;
  for (const mutant of shuffled(mutants, Number(values.seed))) {
    if (performance.now() > untilMs) break;
    tried += 1;
    if (await tests.fail(mutant)) continue;
    survivors.push(mutant);
    console.log(placeOf(mutant));
  }
  await tests.close();
  const share = tried === 0 ? 0 : ((tried - survivors.length) / tried) * 100;
  console.log(`${tried} of ${mutants.length} changes tried, ${share.toFixed(1)} % noticed (seed ${values.seed})`);
}

if (import.meta.main) await main();
