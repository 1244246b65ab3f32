import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { skimObject } from '../../../src/core/json/skim-object.ts';
import { readMember } from '../../../src/adapters/upstream/rpc/read-message.ts';

describe('readMember', () => {
  it.each([
    ['"complete"', 'complete'],
    ['""', ''],
    ['"comp\\u006cete"', 'complete'],
    ['"größer"', 'größer'],
    ['"a word of more than fifteen bytes"', 'a word of more than fifteen bytes'],
    ['true', true],
    ['false', false],
    ['null', null],
    ['0', 0],
    ['1234567890123', 1234567890123],
    ['123456789012345', 123456789012345],
    ['-1', -1],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['[]', []],
    ['"\\ud800"', undefined],
    ['1e999', undefined],
  ])('reads %s', (text, value) => {
    const bytes = Buffer.from(`{ "before": [1], "member" : ${text} , "after": 2}`);
    const members = skimObject(bytes, { bytesMax: 1000, depthMax: 10, membersMax: 10 });
    const span = members.ok ? members.value.get('member') : undefined;
    expect(readMember(bytes, span)).toEqual(value);
    expect(readMember(new Uint8Array(bytes), span)).toEqual(value);
  });

  it('reads nothing where there is no member', () => {
    expect(readMember(Buffer.from('{}'), undefined)).toBeUndefined();
  });
});
