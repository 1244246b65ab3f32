import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCallLog } from '../../../src/adapters/telemetry/call-log.ts';
import { createOperatorLog } from '../../../src/adapters/telemetry/operator-log.ts';
import type { CallLine } from '../../../src/core/audit/call-line.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';

let dir: string;
let file: string;
let fd: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-logs-'));
  file = join(dir, 'log');
  fd = openSync(file, 'w');
});
afterEach(() => {
  closeSync(fd);
  rmSync(dir, { recursive: true });
});

/** Escapes of terminals in both spellings, text that turns around, what is not seen, and a line of its own. */
const EVIL = '\u001b[2J\u009b31m\u202egpj\u2066\u200b\u007f\u{e0041}\n{"level":30}';

/** All lines, none of which holds anything unseen. */
function linesIn(text: string): readonly unknown[] {
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

it('O18 the call log says what an agent named, so that it can be seen and nothing else', () => {
  const log = createCallLog(fd);
  const line: CallLine = {
    callId: 'call_1' as CallLine['callId'],
    principal: 'alice',
    client: 'tok_1',
    method: 'tools/call',
    target: `crm/${EVIL}`,
    decision: 'deny',
    ruleId: null,
    reasons: ['no_rule'],
    approvalId: null,
    outcome: null,
    latencyMs: null,
    resultBytes: null,
  };
  log.write(line);
  log.close();
  expect(linesIn(readFileSync(file, 'utf8'))).toEqual([expect.objectContaining({ ...line, msg: 'call' })]);
});

it('O18 the log of operators does the same with what went wrong', () => {
  createOperatorLog(createFixedClock(), fd)({ callId: null, problem: EVIL, error: new Error(EVIL) });
  const [line, ...others] = linesIn(readFileSync(file, 'utf8'));
  expect(line).toMatchObject({ msg: EVIL, error: { message: EVIL } });
  expect(others).toEqual([]);
});
