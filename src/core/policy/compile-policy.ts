import { hash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json } from '../json/value.ts';
import type { Problem } from '../problem.ts';
import { err, ok, type Result } from '../result.ts';
import { findPolicyConflicts } from './check-policy.ts';
import { type Condition, parseCondition } from './cel/condition.ts';
import { type CompiledLimit, compileLimits } from './compile-limits.ts';
import { createClassLists } from './classify.ts';
import { type CompiledDataFlow, compileDataFlow } from './data-flow.ts';
import type { PolicyVersion } from './decision.ts';
import { type HintedWrites, NO_HINTS } from './hinted-writes.ts';
import { createSubjectMatcher } from './matchers/subject.ts';
import { createWhoMatcher, type WhoMatcher } from './matchers/who.ts';
import type { PolicyApproval, PolicyFile, PolicyWho } from './policy-file.ts';
import type { PlacedWatch } from './policy-watch.ts';
import type { CompiledRule } from './target-plan.ts';
import { createUpstreamPolicy, type UpstreamPolicy } from './upstream-policy.ts';

/** Everything that `decide` needs, prepared. Never changes: a reload makes a new one. */
export interface CompiledPolicy {
  readonly version: PolicyVersion;
  readonly options: PolicyOptions;
  readonly files: readonly CompiledFile[];
  /** What it was made of, for those who look at more than decisions. */
  readonly sources: readonly PolicySource[];
  readonly upstreams: ReadonlyMap<string, UpstreamPolicy>;
  /** By the name of the upstream. */
  readonly limits: ReadonlyMap<string, readonly CompiledLimit[]>;
  /** By the name of the upstream. */
  readonly watch: ReadonlyMap<string, readonly PlacedWatch[]>;
  readonly dataFlow: CompiledDataFlow | null;
  /** Upstreams whose writes may have no arguments that their schemas do not name. */
  readonly refusesUndeclared: ReadonlySet<string>;
  /** Tools that say of themselves that they write; empty as long as nobody knows their definitions. */
  readonly hinted: HintedWrites;
  /** What its author should look at again. */
  readonly warnings: readonly Problem[];
}

/** One of the files that the policy was made of. */
export interface CompiledFile {
  readonly name: string;
  readonly upstream: string;
  /** Where it names its upstream: `policies/crm.yaml:4:11`. */
  readonly place: string;
}

export interface PolicyOptions {
  /** The environment that the gateway serves; rules can be made for some of them. */
  readonly environment: string;
  /** What becomes of a tool in no class that a rule allows. Where no rule does, it is denied either way. */
  readonly unclassified: 'deny' | 'approve';
  /** For approvals whose rule says nothing else. */
  readonly approvalExpiresMs: number;
  /** How many people must approve, whatever a rule says. */
  readonly approversMin: number;
  /** Upstreams whose apps are on: `ui:` resources of others are out of reach, whatever a rule says. */
  readonly appUpstreams: readonly string[];
}

export interface PolicySource {
  /** Relative to the directory of the policies, so that the version does not depend on where that is. */
  readonly name: string;
  readonly file: PolicyFile;
  /** Where a part of the file stands: `policies/crm.yaml:12:5`. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

/**
 * Prepares all files of one policy set. Several files may speak about one upstream: their lists and rules are put together. No
 * files at all make a policy that denies everything.
 */
export function compilePolicy(
  sources: readonly PolicySource[],
  options: PolicyOptions,
): Result<CompiledPolicy, readonly Problem[]> {
  const problems = findPolicyConflicts(sources);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return err(problems);

  const upstreams = new Map<string, UpstreamPolicy>();
  const limits = new Map<string, readonly CompiledLimit[]>();
  const watch = new Map<string, readonly PlacedWatch[]>();
  for (const [name, files] of Map.groupBy(sources, ({ file }) => file.upstream)) {
    const lists = createClassLists(files.map(({ file }) => file.classes));
    limits.set(name, files.flatMap(compileLimits));
    watch.set(name, files.flatMap(placeWatch));
    const place = files[0]?.placeOf(['upstream']) ?? '';
    upstreams.set(
      name,
      createUpstreamPolicy(
        { name, place, offersApps: options.appUpstreams.includes(name) },
        lists,
        files.flatMap((file) => compileRules(file, options)),
      ),
    );
  }
  const compiled = sources.map(({ name, file, placeOf }) => {
    return { name, upstream: file.upstream, place: placeOf(['upstream']) };
  });
  const version = versionOf(sources, options);
  const refusing = sources.filter(({ file }) => file.undeclaredArguments === 'deny');
  const refusesUndeclared = new Set(refusing.map(({ file }) => file.upstream));
  const dataFlow = compileDataFlow(sources);
  return ok({
    version,
    options,
    files: compiled,
    sources,
    upstreams,
    limits,
    watch,
    dataFlow,
    refusesUndeclared,
    hinted: NO_HINTS,
    warnings: problems,
  });
}

function placeWatch({ file, placeOf }: PolicySource): PlacedWatch[] {
  return file.watch.map((each, index) => ({ ...each, place: placeOf(['watch', index]) }));
}

function compileRules(source: PolicySource, options: PolicyOptions): CompiledRule[] {
  const matchers = new Map<string, WhoMatcher>();
  // Rules about the same people share one, so that it need be asked once.
  const matcherFor = (who: PolicyWho): WhoMatcher => {
    const key = JSON.stringify(who);
    const matcher = matchers.get(key) ?? createWhoMatcher(who);
    matchers.set(key, matcher);
    return matcher;
  };
  return source.file.rules.map((rule, index) => ({
    rule,
    place: source.placeOf(['rules', index]),
    inEnvironment: rule.environments === null || rule.environments.includes(options.environment),
    isAbout: createSubjectMatcher(rule.subject),
    matchWho: matcherFor(rule.who),
    condition: rule.when === null ? null : compileCondition(rule.when),
  }));
}

function compileCondition(text: string): Condition {
  const condition = parseCondition(text);
  // The schema of the file has checked it.
  if (!condition.ok) throw new TypeError(condition.error.message);
  return condition.value;
}

/** The options are part of it: an approval given under other defaults was given to something else. */
function versionOf(sources: readonly PolicySource[], options: PolicyOptions): PolicyVersion {
  const files = sources
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, file }) => ({ name, file: plain(file) }));
  return hash('sha256', canonicalJson({ files, options: { ...options }, version: 1 }), 'hex') as PolicyVersion;
}

function plainApproval(approval: PolicyApproval): Json {
  const { preview, grant, ...rest } = approval;
  return { ...rest, preview: preview && { ...preview }, grant: grant && { ...grant } };
}

function plain(file: PolicyFile): Json {
  const byArgument = [...file.classes.byArgument].map(([tool, classes]) => ({ tool, ...classes }));
  const rules = file.rules.map((rule) => ({
    ...rule,
    who: { ...rule.who },
    subject: { ...rule.subject },
    bind: rule.bind.map((binding) => ({ ...binding })),
    approval: rule.approval && plainApproval(rule.approval),
    result: rule.result && { ...rule.result },
  }));
  const limits = file.limits.map((limit) => ({
    ...limit,
    who: { ...limit.who },
    subject: { ...limit.subject },
    calls: limit.calls && { ...limit.calls },
    spend: limit.spend && { cost: limit.spend.cost, budget: { ...limit.spend.budget } },
  }));
  return {
    upstream: file.upstream,
    classes: { ...file.classes, byArgument },
    rules,
    limits,
    watch: file.watch.map((each) => ({ ...each })),
    labels: {
      private: { ...file.labels.private },
      untrusted: { ...file.labels.untrusted },
      external: { ...file.labels.external },
    },
    undeclaredArguments: file.undeclaredArguments,
  };
}
