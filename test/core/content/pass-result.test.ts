import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { isLinkPassed } from '../../../src/core/content/passed-link.ts';
import { PASS_NOTHING, type PassRules } from '../../../src/core/content/pass-rules.ts';
import { passResult } from '../../../src/core/content/pass-result.ts';

const pass = (text: string, rules: Partial<PassRules> = {}, withoutStructured = false): unknown => {
  const pieces = passResult([Buffer.from(text)], { rules: { ...PASS_NOTHING, ...rules }, withoutStructured });
  return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
};
const passValue = (value: unknown, rules: Partial<PassRules> = {}): unknown => pass(JSON.stringify(value), rules);

const TEXT = { type: 'text', text: 'hello' };
const LEFT_OUT = { type: 'text', text: '[The gateway left out a link here.]' };
const link = (uri: string) => ({ type: 'resource_link', uri, name: 'it' });
const embedded = (uri: string) => ({ type: 'resource', resource: { uri, text: 'the text' } });

describe('passResult', () => {
  it('hands on the very bytes of what holds nothing to decide about', () => {
    const bytes = Buffer.from(
      '{"content":[{"type":"text","text":"1.0"}],"structuredContent":{"n":12345678901234567890}}',
    );
    const [only, ...others] = passResult([bytes], { rules: PASS_NOTHING, withoutStructured: false });
    expect([only?.buffer === bytes.buffer, only?.length, others]).toEqual([true, bytes.length, []]);
  });

  it('keeps the digits of numbers and the members of structured content beside what it takes out', () => {
    const text =
      '{"_meta":{"a":1},"content":[],"structuredContent":{"n":12345678901234567890,"_meta":{"kept":true},"f":1.0}}';
    const [only] = passResult([Buffer.from(text)], { rules: PASS_NOTHING, withoutStructured: false });
    expect(Buffer.from(only ?? []).toString()).toBe(
      '{"content":[],"structuredContent":{"n":12345678901234567890,"_meta":{"kept":true},"f":1.0}}',
    );
  });

  it.each<[string, unknown, unknown]>([
    ['the result', { content: [TEXT], _meta: { 'com.example/a': 1 } }, { content: [TEXT] }],
    ['a result that holds nothing else', { _meta: { a: 1 } }, {}],
    ['a block', { content: [{ ...TEXT, _meta: { a: 1 } }, TEXT] }, { content: [TEXT, TEXT] }],
    [
      'an embedded resource',
      { content: [{ type: 'resource', _meta: {}, resource: { uri: 'crm://1', text: 't', _meta: { a: 1 } } }] },
      { content: [{ type: 'resource', resource: { uri: 'crm://1', text: 't' } }] },
    ],
    [
      'a resource',
      { contents: [{ uri: 'a:b', text: 't', _meta: { a: 1 } }] },
      { contents: [{ uri: 'a:b', text: 't' }] },
    ],
    [
      'a message of a prompt',
      { messages: [{ role: 'user', _meta: { a: 1 }, content: { ...TEXT, _meta: { a: 1 } } }] },
      { messages: [{ role: 'user', content: TEXT }] },
    ],
    [
      'a message of several blocks',
      { messages: [{ role: 'user', content: [{ ...TEXT, _meta: { a: 1 } }, link('http://x')] }] },
      { messages: [{ role: 'user', content: [TEXT, LEFT_OUT] }] },
    ],
  ])('takes _meta out of %s', (_, value, shown) => {
    expect(passValue(value)).toEqual(shown);
  });

  it.each([
    '"\\u005fmeta":{"a":1}',
    '"_m\\u0065ta":{"a":1}',
    '"\\u005F\\u006d\\u0065\\u0074\\u0061" : {"a":1}',
    '"ic\\u006fns":[{"src":"https://evil.example"}]',
  ])('is not deceived by a name that is spelled %s', (member) => {
    expect(pass(`{"content":[{"type":"text","text":"t",${member}}]}`)).toEqual({
      content: [{ type: 'text', text: 't' }],
    });
  });

  it('is not deceived by a kind of block that is spelled otherwise', () => {
    expect(pass('{"content":[{"type":"\\u0072esource_link","uri":"http://10.0.0.1/","name":"x"}]}')).toEqual({
      content: [LEFT_OUT],
    });
  });

  it('leaves out an item that two readers could read in two ways', () => {
    expect(pass('{"content":[{"type":"text","type":"resource_link","text":"t"},{"type":"text","text":"u"}]}')).toEqual({
      content: [{ type: 'text', text: 'u' }],
    });
  });

  it('lets keys through that the operator names, and none of the protocol', () => {
    const _meta = {
      'com.example/origin': 1,
      'com.example.evil/origin': 2,
      'org.other/a': 3,
      'io.modelcontextprotocol/serverInfo': {},
      ui: { resourceUri: 'ui://x' },
      traceparent: '00-1',
    };
    const rules = { metaKeys: ['com.example/*', 'org.other/b'] };
    const kept = { 'com.example/origin': 1 };
    expect(passValue({ content: [{ ...TEXT, _meta }], _meta }, rules)).toEqual({
      content: [{ ...TEXT, _meta: kept }],
      _meta: kept,
    });
  });

  it('takes icons out, whatever they link to', () => {
    const icons = [{ src: 'data:image/png;base64,AAAA' }];
    expect(passValue({ content: [{ ...link('crm://1'), icons }] })).toEqual({ content: [link('crm://1')] });
  });

  it.each([
    ['a link', link('http://169.254.169.254/latest'), LEFT_OUT],
    ['a link that is none', { type: 'resource_link', name: 'x' }, LEFT_OUT],
    ['an embedded file, whose text stays', embedded('file:///etc/passwd'), { type: 'text', text: 'the text' }],
    ['an embedded file of bytes', { type: 'resource', resource: { uri: 'file:///x', blob: 'AAAA' } }, LEFT_OUT],
    ['an embedded page', embedded('ui://board'), LEFT_OUT],
    ['an embedded page in capitals', embedded('UI://board'), LEFT_OUT],
    ['an embedded resource that is none', { type: 'resource' }, LEFT_OUT],
  ])('leaves %s out', (_, block, shown) => {
    expect(passValue({ content: [block] })).toEqual({ content: [shown] });
  });

  it('lets no host take a resource for a page, unless apps are on', () => {
    const page = { uri: 'crm://1', mimeType: 'text/html;profile=mcp-app', text: '<p>' };
    expect(passValue({ contents: [page] })).toEqual({ contents: [{ uri: 'crm://1', text: '<p>' }] });
    expect(passValue({ contents: [page] }, { apps: true })).toEqual({ contents: [page] });
    for (const mimeType of ['TEXT/HTML;PROFILE=MCP-APP', 'text/html; Profile="mcp-app"']) {
      expect(passValue({ contents: [{ ...page, mimeType }] })).toEqual({ contents: [{ uri: 'crm://1', text: '<p>' }] });
    }
  });

  it('limits what a page may reach to listed hosts, and asks for nothing else in its name', () => {
    const csp = {
      connectDomains: [
        'https://api.example.com',
        'https://evil.example',
        'http://api.example.com',
        '*',
        'https://*.example.com',
      ],
      resourceDomains: ['https://cdn.example.com/path', 'https://api.example.com@evil.example'],
      frameDomains: ['https://api.example.com'],
    };
    const ui = { csp, permissions: { camera: {} }, domain: 'x.example', prefersBorder: true };
    const rules = { apps: true, appHosts: ['*.example.com'] };
    expect(passValue({ contents: [{ uri: 'ui://b', text: '', _meta: { ui, other: 1 } }] }, rules)).toEqual({
      contents: [
        {
          uri: 'ui://b',
          text: '',
          _meta: {
            ui: {
              csp: { connectDomains: ['https://api.example.com'], resourceDomains: ['https://cdn.example.com'] },
              prefersBorder: true,
            },
          },
        },
      ],
    });
  });

  it('takes structured content out where its host could not read it', () => {
    expect(pass('{"content":[],"structuredContent":[1]}', {}, true)).toEqual({ content: [] });
    expect(pass('{"structuredContent":"x"}', {}, true)).toEqual({});
  });
});

describe('isLinkPassed', () => {
  const rules = { ...PASS_NOTHING, linkHosts: ['wiki.example.com', '*.docs.example.com'] };

  it.each(['crm://deals/1', 'test://static', 'https://wiki.example.com/x', 'https://a.docs.example.com', 'urn:x:1'])(
    '%s may be followed',
    (uri) => {
      expect(isLinkPassed(uri, rules)).toBe(true);
    },
  );

  it.each([
    'http://wiki.example.com',
    'HTTP://x',
    'https://evil.example',
    'https://wiki.example.com.evil.example',
    'https://wiki.example.com@evil.example',
    'https://me@wiki.example.com',
    'https://docs.example.com',
    'https:x',
    'file:///etc/passwd',
    'FILE:///x',
    'data:text/html,x',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'ui://board',
    'ms-word:ofe|u|https://x',
    'vscode://x',
    '/etc/passwd',
    '//evil.example/x',
    '',
    ' https://x',
    '\thttps://wiki.example.com',
    'java\nscript:alert(1)',
    'blob:https://x/1',
    'smb://10.0.0.1/x',
    'mailto:a@b',
  ])('%j may not', (uri) => {
    expect(isLinkPassed(uri, rules)).toBe(false);
  });
});
