import { Command } from 'commander';
import { expect, it } from 'vitest';
import { registerAccount } from '../../src/cli/account.ts';
import { registerApprovals } from '../../src/cli/approvals.ts';
import { registerAudit } from '../../src/cli/audit.ts';
import { createProcessContext } from '../../src/cli/cli-context.ts';
import { registerContent } from '../../src/cli/content.ts';
import { registerFiles } from '../../src/cli/files.ts';
import { registerKill } from '../../src/cli/kill.ts';
import { registerPins } from '../../src/cli/pins.ts';
import { registerPolicies } from '../../src/cli/policies.ts';
import { registerToken } from '../../src/cli/token.ts';
import { registerUp } from '../../src/cli/up.ts';
import { registerUpstreams } from '../../src/cli/upstreams.ts';
import { readProjectFile } from '../support/project-files.ts';

const REGISTERS = {
  registerAccount,
  registerApprovals,
  registerAudit,
  registerContent,
  registerFiles,
  registerKill,
  registerPins,
  registerPolicies,
  registerToken,
  registerUp,
  registerUpstreams,
};

const never = (): never => {
  throw new Error('no command is run here');
};

function leavesOf(command: Command, before: readonly string[] = []): readonly (readonly [string, Command])[] {
  return command.commands.flatMap((each) => {
    const path = [...before, each.name()];
    const own = each.commands.length === 0 || each.options.length > 0 ? [[path.join(' '), each] as const] : [];
    return [...own, ...leavesOf(each, path)];
  });
}

it('every command of the program has --json', () => {
  const program = new Command('countersign');
  const context = createProcessContext(new AbortController().signal);
  const { registerAudit: audit, registerContent: content, registerUp: up, ...others } = REGISTERS;
  audit(program, context, never);
  content(program, context, never);
  up(program, context, { version: '0', serve: never });
  for (const register of Object.values(others)) register(program, context);

  const named = readProjectFile('src/main.ts').match(/\bregister[A-Z]\w+(?=\()/g) ?? [];
  expect(named.toSorted()).toEqual(Object.keys(REGISTERS).toSorted());
  const leaves = leavesOf(program);
  expect(leaves.length).toBeGreaterThan(25);
  const without = leaves.filter(([, { options }]) => !options.some(({ long }) => long === '--json'));
  expect(without.map(([path]) => path)).toEqual([]);
});
