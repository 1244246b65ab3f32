import type { PolicyView, RuleView, UpstreamPolicyView } from '../../core/admin-api/policy-view.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import type { PolicySubject } from '../../core/policy/policy-file.ts';
import type { CompiledRule } from '../../core/policy/target-plan.ts';
import type { UpstreamPolicy } from '../../core/policy/upstream-policy.ts';
import type { Problem } from '../../core/problem.ts';
import { formatTimestamp } from '../../core/timestamp.ts';

/** The policy in force as administrators see it, with what was found about the tools that it is about. */
export function viewPolicy(policy: CompiledPolicy, findings: readonly Problem[]): PolicyView {
  const { version, files, options, upstreams, warnings } = policy;
  return {
    version,
    environment: options.environment,
    files,
    upstreams: [...upstreams.values()].map((upstream) => viewUpstream(policy, upstream)),
    warnings: [...warnings, ...findings].map(({ place, message, got }) => {
      return { place, message: got === null ? message : `${message}; got ${got}` };
    }),
  };
}

function viewUpstream({ limits, watch }: CompiledPolicy, upstream: UpstreamPolicy): UpstreamPolicyView {
  const { name, place, rules, rulesElsewhere, lists } = upstream;
  const patternsOf = (list: keyof typeof lists.patterns) => lists.patterns[list].map(({ text }) => text);
  return {
    name,
    place,
    classes: {
      read: patternsOf('read'),
      write: patternsOf('write'),
      never: patternsOf('never'),
      byArgument: [...lists.byArgument].map(([tool, classes]) => ({ tool, ...classes })),
    },
    rules: [...rules, ...rulesElsewhere].map(viewRule),
    limits: (limits.get(name) ?? []).map((limit) => limit.place),
    watch: (watch.get(name) ?? []).map((rule) => ({ on: rule.on, place: rule.place })),
  };
}

function viewRule({ rule, place, inEnvironment }: CompiledRule): RuleView {
  const { id, effect, reason, who, when, unattended, fromMs, untilMs } = rule;
  const about = { kind: rule.subject.kind, patterns: patternsOf(rule.subject) };
  const from = fromMs === null ? null : formatTimestamp(fromMs);
  const until = untilMs === null ? null : formatTimestamp(untilMs);
  return { id, effect, reason, place, who: { ...who }, about, when, unattended, inEnvironment, from, until };
}

function patternsOf(subject: PolicySubject): readonly string[] {
  return subject.kind === 'tools-of-class' ? [subject.class] : subject.patterns;
}
