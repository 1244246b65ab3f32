import { describe, expect, it } from 'vitest';
import { check, type Checked, rule, tool } from '../support/check-rules.ts';

describe('check says of a policy', () => {
  const said = async (checked: Checked): Promise<readonly string[]> =>
    (await check(checked)).map(({ subject, message }) => `${subject}: ${message.replace(/(?<=rule nope).*/, '')}`);
  const SHADOWED = 'rules[0].id: never decides: rule nope';
  const ENV = 'effect: allow, env:';

  it.each<[string, Checked, readonly string[]]>([
    [
      'a rule for an environment that a denial for all covers',
      shadow(rule('[get_deal]', `${ENV} [prod]`), ''),
      [SHADOWED],
    ],
    [
      'a rule for an environment that a denial for it covers',
      shadow(rule('[get_deal]', `${ENV} [prod]`), 'env: [prod, staging],'),
      [SHADOWED],
    ],
    [
      'nothing of a rule for more environments',
      shadow(rule('[get_deal]', `${ENV} [prod, staging]`), 'env: [prod],'),
      [],
    ],
    ['nothing of a rule for all environments', shadow(rule('[get_deal]', 'effect: allow'), 'env: [prod],'), []],
    [
      'nothing of a rule about resources, where all tools are denied',
      shadow('{ id: x, who: { any: true }, resources: ["crm://deals/1"], effect: allow }', ''),
      [],
    ],
    [
      'that a tool which says that it writes waits, where one of two rules wants nobody to attend',
      {
        classes: 'classes: { read: [get_deal] }',
        rules: [
          rule('[get_deal]', 'effect: allow, unattended: true'),
          '{ id: y, who: { groups: [hr] }, tools: [get_deal], effect: allow }',
        ],
        tools: [{ name: 'get_deal', inputSchema: { type: 'object' }, annotations: { readOnlyHint: false } }],
      },
      [
        'rules[0].unattended: writes that rule x allows run without any approval',
        'rules[0].unattended: lets people write with the one credential that all share at crm, unasked and unbound',
        'classes: is under `read`, and says of itself that readOnlyHint is false: its calls wait for a person',
      ],
    ],
    [
      'nothing of what must never be used, where there is no such tool yet',
      {
        classes: 'classes: { read: [get_deal], never: [drop_deal] }',
        rules: [rule('[get_deal]', 'effect: allow')],
        tools: [tool('get_deal', {})],
      },
      [],
    ],
    [
      'nothing of types, where a condition looks at all arguments',
      {
        classes: 'classes: { read: [get_deal] }',
        rules: [rule('[get_deal]', 'when: size(args) == 1 && args.id == "x", effect: allow')],
        tools: [tool('get_deal', { id: { type: 'string' } })],
      },
      [],
    ],
  ])('%s', async (_what, checked, expected) => {
    expect(await said(checked)).toEqual(expected);
  });
});

function shadow(narrow: string, more: string): Checked {
  return {
    classes: 'classes: { read: [get_deal] }',
    rules: [narrow, `{ id: nope, tools: ["*"], ${more} effect: deny }`],
  };
}
