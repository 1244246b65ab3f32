import type { ExplainedDecision, ExplanationView } from '../core/admin-api/explanation-view.ts';
import { labelOf } from '../core/catalog/target.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { formatDuration } from '../core/duration.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { DecisionTarget } from '../core/policy/decision.ts';
import type { ExplainedRule, Standing } from '../core/policy/explain.ts';
import { type CliContext, paint } from './cli-context.ts';
import { renderFields } from './layout.ts';
import { wrapText } from '../core/wrap-text.ts';

type Shown = Pick<CliContext, 'color'>;
type Style = Parameters<typeof paint>[1];

const WIDTH = 80;
/** Where the values of `renderFields` begin. */
const FIELD_INDENT = 10;

/** A decision and the rules behind it, at most 80 columns wide. `args` are those that were asked about; `null` for a listing. */
export function renderExplanation(
  { as, target, decision, rules }: ExplanationView,
  args: JsonObject | null,
  shown: Shown,
): string {
  const [reason] = decision.reasons;
  const rights = [...as.groups.map((group) => `group ${group}`), ...as.scopes.map((scope) => `scope ${scope}`)];
  const fields = renderFields(shown, [
    ['Call', `${callOf(target)} as ${as.user}`],
    ['Decision', { text: effectOf(decision), style: STYLES[decision.effect] }],
    ['Class', decision.class],
    ['Reason', reason === undefined ? null : describeReason(reason)],
    ['Policy', decision.policyVersion.slice(0, 16)],
  ]);
  return [
    fields,
    as.from === 'token' ? paragraph('Rights', `of the newest token: ${rights.join(', ') || 'none'}`, shown) : '',
    paragraph('Why', reason?.text ?? '', shown),
    ...sentArguments(decision, args, shown),
    ...decision.limits.map((limit) => paragraph('Limit', describeLimit(limit), shown)),
    rules.length === 0 ? '' : `\nRules of ${visibleText(target.upstream)}\n`,
    ...rules.map((rule) => renderRule(rule, shown)),
  ].join('');
}

/** `crm/update_deal`; of anything else, what it is comes first. */
function callOf(target: DecisionTarget): string {
  const { kind, upstream, name } = target;
  if (kind === 'tool') return `${upstream}/${name}`;
  return `${kind === 'template' ? `resources/templates/list ${name}` : labelOf({ kind, upstream, name })} of ${upstream}`;
}

function describeReason({ code, ruleId }: ExplainedDecision['reasons'][number]): string {
  return ruleId === null ? code : `${code}, rule ${ruleId}`;
}

function effectOf({ effect, hidden }: ExplainedDecision): string {
  return hidden ? `${effect}, and hide that there is such a thing` : effect;
}

function sentArguments({ args: sent }: ExplainedDecision, args: JsonObject | null, shown: Shown): string[] {
  if (sent === null || (args !== null && canonicalJson(sent) === canonicalJson(args))) return [];
  return [paragraph('Sent as', canonicalJson(sent), shown)];
}

function describeLimit({ kind, max, amount, windowMs, place }: ExplainedDecision['limits'][number]): string {
  if (windowMs === null) return `${max} at once (${place})`;
  if (kind === 'first-use') return `the first use of the tool by a person waits for approval (${place})`;
  if (kind === 'seen') return `what is read here is remembered for ${formatDuration(windowMs)} (${place})`;
  const what = kind === 'calls' ? 'calls' : `units, of which this call takes ${amount},`;
  return `${max} ${what} in ${formatDuration(windowMs)} (${place})`;
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

const STYLES: Readonly<Record<ExplainedDecision['effect'], Style>> = { allow: 'green', approve: 'yellow', deny: 'red' };

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
