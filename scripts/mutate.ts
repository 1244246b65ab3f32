// Changes one thing at a time in the code that decides, and runs its tests: what no test notices is printed. It says which tests are missing,
// and nothing about the code. `node scripts/mutate.ts --count 250 --seed 1 [FILE…]`; without files it is about all of `src/core/policy`.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { BaseSequencer, createVitest, type TestSpecification, type Vitest } from 'vitest/node';

const ROOT = join(import.meta.dirname, '..');
const CODE = 'src/core/policy';
const TESTS = ['test/core/policy', 'test/cli/lint', 'test/config/policy-messages', 'test/config/condition-places'];
/** Whatever takes so many times as long as all tests together took is a loop without end, which somebody would notice. */
const HANG_TIMES = 3;
/** How many files of tests are tried one by one before all others, which are loaded together even where the first of them notices. */
const LIKELY_FILES = 2;

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
  /** How often each file of tests noticed a change of each file of code: it is likely to notice the next one too. */
  readonly #noticed = new Map<string, Map<string, number>>();
  readonly #loaded = new Map<string, ReadonlySet<string>>();
  #vitest: Vitest | null = null;
  #hangMs = 600_000;
  #all: readonly TestSpecification[] = [];

  /** Whether the tests fail as they are. */
  async failAnyway(): Promise<boolean> {
    const startedMs = performance.now();
    const hasFailed = (await this.#firstFailed(await this.#start(), this.#all)) !== null;
    this.#hangMs = HANG_TIMES * (performance.now() - startedMs);
    return hasFailed;
  }

  async notice(mutant: Mutant): Promise<boolean> {
    const vitest = await this.#start();
    const file = join(this.#dir, mutant.file);
    const text = readFileSync(file, 'utf8');
    this.#write(vitest, file, text.slice(0, mutant.start) + mutant.put + text.slice(mutant.end));
    const noticed = this.#noticed.get(mutant.file) ?? new Map<string, number>();
    this.#noticed.set(mutant.file, noticed);
    const loading = this.#all.filter(({ moduleId }) => filesLoadedBy(moduleId, this.#loaded).has(file));
    const failed = await this.#firstFailedOf(vitest, groupsOf(loading, basename(mutant.file, '.ts'), noticed));
    if (failed !== null) noticed.set(failed, (noticed.get(failed) ?? 0) + 1);
    this.#write(vitest, file, text);
    return failed !== null;
  }

  async #firstFailedOf(vitest: Vitest, groups: readonly (readonly TestSpecification[])[]): Promise<string | null> {
    for (const group of groups) {
      const failed = await this.#firstFailed(vitest, group);
      if (failed !== null) return failed;
    }
    return null;
  }

  #write(vitest: Vitest, file: string, text: string): void {
    writeFileSync(file, text);
    vitest.invalidateFile(file);
  }

  /** The file of the test that failed, or of one of them; a loop without end is nobody's. */
  async #firstFailed(vitest: Vitest, specifications: readonly TestSpecification[]): Promise<string | null> {
    const hang = Promise.withResolvers<'hang'>();
    const timer = setTimeout(() => hang.resolve('hang'), this.#hangMs);
    const result = await Promise.race([vitest.rerunTestSpecifications([...specifications]), hang.promise]);
    clearTimeout(timer);
    if (result === 'hang') {
      await this.#stop();
      return '';
    }
    // The result holds the files of earlier runs as well.
    const failed = new Set(result.testModules.filter((each) => each.state() === 'failed').map((each) => each.moduleId));
    const first = specifications.find(({ moduleId }) => failed.has(moduleId))?.moduleId;
    return first ?? (result.unhandledErrors.length > 0 ? '' : null);
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

  async #start(): Promise<Vitest> {
    if (this.#vitest !== null) return this.#vitest;
    const vitest = await createVitest('test', {
      root: this.#dir,
      watch: false,
      bail: 1,
      isolate: false,
      maxWorkers: 1,
      // A test that is late, on a busy machine, has not noticed anything.
      testTimeout: 0,
      reporters: [{}],
      sequence: { sequencer: AsGiven },
    });
    this.#all = await vitest.globTestSpecifications(TESTS);
    this.#vitest = vitest;
    return vitest;
  }
}

/** Vitest would begin with those that take longest. */
class AsGiven extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files);
  }
}

/** The file and all that it imports, by whatever way: no test notices a change of what it does not load. */
function filesLoadedBy(file: string, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found = new Set([file]);
  for (const each of found)
    for (const [, path] of readFileSync(each, 'utf8').matchAll(IMPORTED)) found.add(join(dirname(each), path ?? ''));
  known.set(file, found);
  return found;
}

const IMPORTED = /(?:from |import\()'(\.[^']+\.ts)'/g;

/** Takes longer than all others together. */
const SLOW = '-properties.test.ts';

/** Those that are likely to notice, the others, and at the end the slow ones. */
function groupsOf(
  all: readonly TestSpecification[],
  name: string,
  noticed: ReadonlyMap<string, number>,
): readonly (readonly TestSpecification[])[] {
  // As long as nothing is known, those of the same name come first.
  const score = ({ moduleId }: TestSpecification): number =>
    noticed.get(moduleId) ?? (basename(moduleId).startsWith(name) ? 0.5 : 0);
  const quick = all.filter(({ moduleId }) => !moduleId.endsWith(SLOW)).toSorted((a, b) => score(b) - score(a));
  const likely = quick.slice(0, LIKELY_FILES).filter((each) => score(each) > 0);
  const slow = all.filter(({ moduleId }) => moduleId.endsWith(SLOW));
  return [...likely.map((each) => [each]), quick.slice(likely.length), slow];
}

function placeOf({ file, start, end, put }: Mutant, text: string): string {
  const before = text.slice(0, start).split('\n');
  const was = text.slice(start, end).replaceAll(/\s+/g, ' ').trim();
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${was} → ${put.trim() || 'nothing'}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string', default: '250' }, seed: { type: 'string', default: '1' } },
  });
  const all = readdirSync(join(ROOT, CODE), { recursive: true, encoding: 'utf8' });
  const files = positionals.length > 0 ? positionals : all.map((name) => join(CODE, name));
  const sources = files.filter((file) => file.endsWith('.ts'));
  const texts = new Map(sources.map((file) => [relative('', file), readFileSync(join(ROOT, file), 'utf8')]));
  const mutants = [...texts].flatMap(([file, text]) => findMutants(file, text));
  const tests = new Tests();
  if (await tests.failAnyway()) throw new Error('the tests fail as they are');
  const survivors: Mutant[] = [];
  const sample = shuffled(mutants, Number(values.seed)).slice(0, Number(values.count));
  for (const mutant of sample) {
    if (await tests.notice(mutant)) continue;
    survivors.push(mutant);
    console.log(placeOf(mutant, texts.get(mutant.file) ?? ''));
  }
  await tests.close();
  const share = ((sample.length - survivors.length) / sample.length) * 100;
  console.log(
    `${sample.length} of ${mutants.length} changes tried, ${share.toFixed(1)} % noticed (seed ${values.seed})`,
  );
}

if (import.meta.main) await main();
