import { visibleText } from '../core/content/visible-text.ts';
import { type CliContext, paint } from './cli-context.ts';
import { renderTable } from './layout.ts';
import { wrapText } from '../core/wrap-text.ts';
import type { Replay, ReplayExample } from './replay.ts';

type Shown = Pick<CliContext, 'color'>;

const WIDTH = 80;

/** Counts, examples, and what could not be told; at most 80 columns wide. */
export function renderReplay(replay: Replay, dir: string, shown: Shown): string {
  const { counts, recorded, replayed, since } = replay;
  const head = `Decided ${replayed} of ${recorded} recorded calls again, since ${since.slice(0, 16)}Z, under`;
  const rows = [
    ['same', String(counts.same)],
    [{ text: 'newly allowed', style: styleOf('newly-allowed', counts.newlyAllowed) }, String(counts.newlyAllowed)],
    [{ text: 'newly asking', style: styleOf('newly-asking', counts.newlyAsking) }, String(counts.newlyAsking)],
    [{ text: 'newly denied', style: styleOf('newly-denied', counts.newlyDenied) }, String(counts.newlyDenied)],
  ];
  return [
    `${head}\n${visibleText(dir)}\n\n`,
    renderTable(shown, ['OUTCOME', 'CALLS'], rows),
    ...TITLES.map(([change, title]) => renderExamples(replay, change, title, shown)),
    renderGaps(replay, shown),
  ].join('');
}

const TITLES = [
  ['newly-allowed', 'Newly allowed'],
  ['newly-asking', 'Newly asking for approval'],
  ['newly-denied', 'Newly denied'],
] as const;

const STYLES = { 'newly-allowed': 'red', 'newly-asking': 'yellow', 'newly-denied': 'yellow' } as const;

function styleOf(change: ReplayExample['change'], count: number): 'none' | (typeof STYLES)[typeof change] {
  return count === 0 ? 'none' : STYLES[change];
}

function renderExamples({ examples }: Replay, change: ReplayExample['change'], title: string, shown: Shown): string {
  const some = examples.filter((example) => example.change === change);
  if (some.length === 0) return '';
  return `\n${paint(shown, 'bold', title)}\n${some.map((example) => renderExample(example, shown)).join('')}`;
}

function renderExample(
  { seq, time, principal, upstream, tool, before, after, certain }: ReplayExample,
  shown: Shown,
): string {
  const call = `${time.slice(0, 16)}Z  ${principal}  ${upstream}/${tool}`;
  const why = after.ruleId === null ? after.reason : `${after.ruleId}, ${after.place}`;
  const change = `${before.decision} (${before.ruleId ?? 'no rule'}) → ${after.decision} (${why})`;
  const doubt = certain ? [] : ['uncertain: it depends on arguments that were taken out of the record'];
  const lines = [change, ...doubt].flatMap((text) => wrapText(visibleText(text), WIDTH - 4));
  const first = wrapText(visibleText(call), WIDTH - 10).map((line, index) => {
    return `  ${paint(shown, 'dim', index === 0 ? `#${seq}`.padEnd(8) : '        ')}${line}\n`;
  });
  return `${first.join('')}${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** What nobody should take for an answer. */
function renderGaps({ uncertain, hadSeenBoth, notReplayed }: Replay, shown: Shown): string {
  const { notPolicy, unknownPerson } = notReplayed;
  const codes = Object.entries(notPolicy).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const gaps = [
    ...(uncertain === 0
      ? []
      : [
          `${uncertain} of the above are uncertain: the policies look at arguments that are redacted, pruned or not shown to this role (auditor).`,
        ]),
    ...(hadSeenBoth === 0
      ? []
      : [
          `${hadSeenBoth} waited for a person because of data_flow: what was read before is taken to be private and untrusted here too.`,
        ]),
    ...codes.map(([code, count]) => `${count} were not decided by a rule or a class, but by ${code}.`),
    ...(unknownPerson === 0 ? [] : [`${unknownPerson} came with credentials whose rights are not in the log.`]),
    'Limits, watch rules, kill switches and pins are not replayed.',
  ];
  const lines = gaps.flatMap((gap) => {
    const [first = '', ...rest] = wrapText(visibleText(gap), WIDTH - 4);
    return [`  - ${first}\n`, ...rest.map((line) => `    ${line}\n`)];
  });
  return `\n${paint(shown, 'bold', 'What this does not tell')}\n${lines.join('')}`;
}
