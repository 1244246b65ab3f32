import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findHandling, type Handling, METHODS } from '../../../src/core/mcp/methods.ts';

describe('findHandling', () => {
  it.each<[string, 'request' | 'notification', Handling, Handling]>([
    // method, kind, legacy, modern
    ['initialize', 'request', 'initialize', 'deny'],
    ['ping', 'request', 'ping', 'deny'],
    ['server/discover', 'request', 'deny', 'discover'],
    ['tools/list', 'request', 'list-tools', 'list-tools'],
    ['tools/call', 'request', 'call-tool', 'call-tool'],
    ['notifications/initialized', 'notification', 'accept', 'deny'],
    ['notifications/cancelled', 'notification', 'cancel', 'cancel'],
    // The other kind of the same name
    ['tools/call', 'notification', 'deny', 'deny'],
    ['initialize', 'notification', 'deny', 'deny'],
    ['notifications/cancelled', 'request', 'deny', 'deny'],
    // Other spellings
    ['Tools/Call', 'request', 'deny', 'deny'],
    ['tools/call ', 'request', 'deny', 'deny'],
    ['tools/call\u0000', 'request', 'deny', 'deny'],
    ['tools//call', 'request', 'deny', 'deny'],
    ['/tools/call', 'request', 'deny', 'deny'],
    ['tools\u2215call', 'request', 'deny', 'deny'],
    ['tools/call?x', 'request', 'deny', 'deny'],
    // Unknown, and what an object would have
    ['tools/callMany', 'request', 'deny', 'deny'],
    ['x-vendor/exec', 'request', 'deny', 'deny'],
    ['__proto__', 'request', 'deny', 'deny'],
    ['constructor', 'request', 'deny', 'deny'],
    ['toString', 'notification', 'deny', 'deny'],
  ])('%j as a %s', (method, kind, legacy, modern) => {
    expect([findHandling(method, kind, 'legacy'), findHandling(method, kind, 'modern')]).toEqual([legacy, modern]);
  });
});

describe('the table of methods', () => {
  it.each([
    ['2025-11-25', 'legacy'],
    ['2026-07-28', 'modern'],
  ] as const)('has a row for every method in the schema of %s', (revision, era) => {
    const file = new URL(`../../fixtures/schema/${revision}.json`, import.meta.url);
    const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: Record<string, Definition> };
    const methods = Object.values($defs).flatMap(({ properties }) => properties?.method?.const ?? []);
    expect(methods.length).toBeGreaterThan(20);
    expect(methods.filter((method) => !METHODS.get(method)?.eras.includes(era))).toEqual([]);
  });
});

interface Definition {
  readonly properties?: { readonly method?: { readonly const?: string } };
}
