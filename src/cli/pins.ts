import { type Command, Option } from 'commander';
import {
  type PinView,
  pinListSchema,
  pinViewSchema,
  type ShownPin,
  shownPinSchema,
} from '../core/admin-api/pin-view.ts';
import { PIN_STATUSES } from '../core/catalog/pin.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatDistance } from './format-time.ts';
import { type Cell, renderFields, renderTable } from './layout.ts';

interface ListOptions extends AdminOptions {
  readonly status?: string;
  readonly all?: true;
}

export function registerPins(program: Command, context: CliContext): void {
  const pins = program.command('pins').description('tool definitions under review');

  addAdminCommand(pins, 'ls', 'list definitions that wait for a person')
    .addOption(new Option('--status <status>', 'those with this status').choices(PIN_STATUSES))
    .option('--all', 'whatever their status')
    .action((options: ListOptions) =>
      runAdminCommand(context, options, async (client) => {
        const status = options.status ?? 'pending';
        const query = options.all ? '' : `?${new URLSearchParams({ status }).toString()}`;
        const list = await client.get(`/api/pins${query}`, pinListSchema);
        if (!list.ok) return list;
        const rows = list.value.pins.map((pin) => row(pin, context.nowMs()));
        return ok({ json: list.value, text: rows.length === 0 ? 'No pins.\n' : renderTable(context, HEAD, rows) });
      }),
    );

  addAdminCommand(pins, 'show <id>', 'show a definition, and where it differs').action(
    (id: string, options: AdminOptions) =>
      runAdminCommand(context, options, async (client) => {
        const pin = await client.get(pinPath(id), shownPinSchema);
        return pin.ok ? ok({ json: pin.value, text: renderPin(context, pin.value) }) : pin;
      }),
  );

  for (const { verb, done, description } of DECISIONS) {
    addAdminCommand(pins, `${verb} <id>`, description).action((id: string, options: AdminOptions) =>
      runAdminCommand(context, options, async (client) => {
        const pin = await client.post(`${pinPath(id)}/${verb}`, {}, pinViewSchema);
        if (!pin.ok) return pin;
        const { upstream, tool } = pin.value;
        return ok({ json: pin.value, text: `${done} ${visibleText(`${upstream}/${tool}`)}.\n` });
      }),
    );
  }
}

const DECISIONS = [
  { verb: 'approve', done: 'Hosts may now see', description: 'let hosts see and call the tool as it is defined here' },
  {
    verb: 'reject',
    done: 'Hosts do not see this definition of',
    description: 'hide the tool while it is defined like this',
  },
] as const;

const HEAD = ['ID', 'STATUS', 'TOOL', 'WHY', 'SEEN'];

const pinPath = (id: string): string => `/api/pins/${encodeURIComponent(id)}`;

function row({ id, status, upstream, tool, why, firstSeenAt }: PinView, nowMs: number): readonly Cell[] {
  const style = status === 'pending' ? 'yellow' : 'none';
  return [
    id,
    { text: status, style },
    `${upstream}/${tool}`,
    why.join(', ') || '-',
    formatDistance(firstSeenAt, nowMs),
  ];
}

/** Everything in it is an upstream's own text, written out visibly. */
function renderPin(context: CliContext, pin: ShownPin): string {
  const fields = renderFields(context, [
    ['Pin', pin.id],
    ['Status', pin.status],
    ['Tool', `${pin.upstream}/${pin.tool}`],
    ['Why', pin.why.join(', ') || null],
    ['Digest', pin.digest],
    ['Decided by', pin.decidedBy],
  ]);
  const differences = pin.differences.flatMap(({ place, before, after }) => [
    `  ${paint(context, 'bold', visibleText(place))}\n`,
    ...(before === null ? [] : [`    ${paint(context, 'red', `- ${visibleText(before)}`)}\n`]),
    ...(after === null ? [] : [`    ${paint(context, 'green', `+ ${visibleText(after)}`)}\n`]),
  ]);
  const changes = differences.length === 0 ? '' : `Differs from what hosts see\n${differences.join('')}`;
  const definition = visibleJson(pin.definition, 2)
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
  return `${fields}${changes}Definition\n${definition}`;
}
