import { visibleText } from '../core/content/visible-text.ts';
import type { LimitUse } from '../core/limits/limit-use.ts';
import { formatDuration } from '../core/duration.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import type { Decision, DecisionRequest } from '../core/policy/decision.ts';
import type { ExplainedRule, Explanation, Standing } from '../core/policy/explain.ts';
import { type CliContext, paint } from './cli-context.ts';
import { renderFields, wrapText } from './layout.ts';

type Shown = Pick<CliContext, 'color'>;
type Style = Parameters<typeof paint>[1];

const WIDTH = 80;
/** Where the values of `renderFields` begin. */
const FIELD_INDENT = 10;

/** A decision and the rules behind it, at most 80 columns wide. */
export function renderExplanation({ decision, rules }: Explanation, request: DecisionRequest, shown: Shown): string {
  const [reason] = decision.reasons;
  const fields = renderFields(shown, [
    ['Call', `${request.target.upstream}/${request.target.name} as ${request.principal.id}`],
    ['Decision', { text: effectOf(decision), style: STYLES[decision.effect] }],
    ['Class', decision.class],
    ['Reason', reason.ruleId === null ? reason.code : `${reason.code}, rule ${reason.ruleId}`],
    ['Policy', decision.policyVersion.slice(0, 16)],
  ]);
  return [
    fields,
    paragraph('Why', decision.reasons[0].text, shown),
    ...sentArguments(decision, request, shown),
    ...(decision.effect === 'deny' ? [] : decision.limits.map((use) => paragraph('Limit', describeLimit(use), shown))),
    rules.length === 0 ? '' : `\nRules of ${visibleText(request.target.upstream)}\n`,
    ...rules.map((rule) => renderRule(rule, shown)),
  ].join('');
}

function effectOf(decision: Decision): string {
  if (decision.effect !== 'deny') return decision.effect;
  return decision.hidden ? 'deny, and hide that there is such a thing' : 'deny';
}

function sentArguments(decision: Decision, request: DecisionRequest, shown: Shown): string[] {
  if (decision.effect === 'deny' || decision.args === null || decision.args === request.args) return [];
  return [paragraph('Sent as', canonicalJson(decision.args), shown)];
}

function describeLimit(use: LimitUse): string {
  if (use.kind === 'concurrent') return `${use.max} at once (${use.place})`;
  const what = use.kind === 'calls' ? 'calls' : `units, of which this call takes ${use.amount},`;
  return `${use.max} ${what} in ${formatDuration(use.windowMs)} (${use.place})`;
}

function paragraph(name: string, text: string, shown: Shown): string {
  const [first = '', ...rest] = wrapText(visibleText(text), WIDTH - FIELD_INDENT);
  const head = `${paint(shown, 'dim', name.padEnd(FIELD_INDENT))}${first}\n`;
  return `${head}${rest.map((line) => `${' '.repeat(FIELD_INDENT)}${line}\n`).join('')}`;
}

function renderRule({ id, effect, place, standing, when, missingScopes }: ExplainedRule, shown: Shown): string {
  const words = missingScopes.length > 0 ? `${STANDINGS[standing]}: ${missingScopes.join(' ')}` : STANDINGS[standing];
  const style = standing === 'matches' ? STYLES[effect] : 'dim';
  const [first = '', ...rest] = wrapText(visibleText(words), WIDTH - 10);
  const lines = [
    `  ${paint(shown, 'bold', visibleText(id))}  ${effect}`,
    ...[first, ...rest].map((line) => `    ${paint(shown, style, line)}`),
    ...(when === null ? [] : wrapText(visibleText(`when: ${when}`), WIDTH - 4).map((line) => `    ${line}`)),
    `    ${paint(shown, 'dim', visibleText(place))}`,
  ];
  return `${lines.join('\n')}\n`;
}

const STYLES: Readonly<Record<Decision['effect'], Style>> = { allow: 'green', approve: 'yellow', deny: 'red' };

const STANDINGS: Readonly<Record<Standing, string>> = {
  matches: 'matches',
  possible: 'depends on the arguments',
  'lacks-scopes': 'matches, but for scopes that the credential lacks',
  'condition-fails': 'no: its condition does not hold',
  'condition-unevaluable': 'its condition cannot be evaluated: an argument is missing, or of another type',
  'other-target': 'no: it is about something else',
  'other-people': 'no: it is about other people',
  'other-time': 'no: it is not in force at this time',
  'other-environment': 'no: it is for another environment',
};
