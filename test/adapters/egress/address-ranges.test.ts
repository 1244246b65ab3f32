import { describe, expect, it } from 'vitest';
import { isForbidden } from '../../../src/adapters/egress/address-ranges.ts';

// Bug 18: lists of private addresses written by hand left out the other ways to write an address.
describe('an address that nobody may send us to', () => {
  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '64:ff9b::168.63.129.16',
    '192.0.0.192',
    '0.0.0.0',
    '0.1.2.3',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    'ff02::1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    '::169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '2002:a9fe:a9fe:1::5',
    '::ffff:0.0.0.0',
    '64:ff9b::',
  ])('%s', (address) => {
    expect([isForbidden(address, 'operator'), isForbidden(address, 'peer')]).toEqual([true, true]);
  });

  it.each(['', 'localhost', '1.2.3', '0x7f.1', '127.1', '010.0.0.1', '2130706433', '1.2.3.4.5', '[::1]', ' 8.8.8.8'])(
    'what is no address in plain notation: "%s"',
    (text) => {
      expect([isForbidden(text, 'operator'), isForbidden(text, 'peer')]).toEqual([true, true]);
    },
  );
});

describe('an address of the own network, which only the operator may name', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '198.18.0.1',
    '192.0.2.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '2001:db8::1',
    '2001::1',
    '64:ff9b:1::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
  ])('%s', (address) => {
    expect([isForbidden(address, 'operator'), isForbidden(address, 'peer')]).toEqual([false, true]);
  });
});

it.each([
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '169.253.0.1',
  '2606:4700::1111',
  '64:ff9b::808:808',
  '2002:808:808::1',
])('%s is an address like any other', (address) => {
  expect([isForbidden(address, 'operator'), isForbidden(address, 'peer')]).toEqual([false, false]);
});
