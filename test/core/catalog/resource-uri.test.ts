import { describe, expect, it } from 'vitest';
import { isResourceUri, plainReadingsOf } from '../../../src/core/catalog/resource-uri.ts';
import { templateShape } from '../../../src/core/catalog/uri-template.ts';

describe('isResourceUri', () => {
  it.each([
    'crm://deals/1',
    'file:///srv/notes/a.md',
    'urn:example:a',
    'demo://resource/dynamic/text/1?full=yes#top',
    'crm://deals/Z%C3%BCrich%20West',
    'crm://deals/a%2Fb',
    'ui://crm/board.html',
    'https://example.com:8443/a',
    'crm://Deals/..x/x..',
  ])('takes %s', (uri) => {
    expect(isResourceUri(uri)).toBe(true);
  });

  it.each<readonly [string, string]>([
    ['nothing', ''],
    ['no scheme', '/etc/passwd'],
    ['nothing after the scheme', 'crm:'],
    ['a scheme in capitals, which servers take for the same', 'FILE:///etc/passwd'],
    ['a segment that leads upwards', 'crm://deals/../admin'],
    ['one at the end', 'crm://deals/..'],
    ['a dot as a segment', 'crm://deals/./1'],
    ['dots behind an escaped slash', 'crm://deals/..%2Fadmin'],
    ['dots behind an escaped backslash', 'crm://deals/..%5Cadmin'],
    ['dots in the query', 'crm://read?path=../../etc/passwd'],
    ['escaped dots', 'crm://deals/%2E%2E/admin'],
    ['an escaped letter', 'crm://deals/%61dmin'],
    ['an escape in small letters', 'crm://deals/a%2fb'],
    ['an escape of an escape', 'crm://deals/%252E%252E'],
    ['half an escape', 'crm://deals/%4'],
    ['dots with a parameter, which some servers drop', 'crm://deals/public/..;a=b/secret'],
    ['dots with an escaped one', 'crm://deals/public/..%3B/secret'],
    ['dots with a blank, which some file systems drop', 'file:///srv/public/..%20/secret'],
    ['dots in two bytes each, where one would do', 'crm://deals/%C0%AE%C0%AE/secret'],
    ['a slash in two bytes', 'crm://deals/..%C0%AFsecret'],
    ['full-width dots', 'crm://deals/%EF%BC%8E%EF%BC%8E/secret'],
    ['bytes that are no text', 'crm://deals/%FF'],
    ['an escaped line break', 'crm://deals/a%0Ab'],
    ['a line break', 'crm://deals/a\nb'],
    ['a space', 'crm://deals/a b'],
    ['a backslash', 'file:\\\\server\\share'],
    ['a letter beyond ASCII', 'crm://d\u0435als/1'],
    ['an invisible character', 'crm://deals/1\u200b'],
    ['a star, which means something in a policy', 'crm://deals/*'],
    ['a template', 'crm://deals/{id}'],
    ['a host in capitals', 'https://EXAMPLE.com/a'],
    ['somebody before the host', 'https://good.example@evil.example/a'],
    ['more than is read', `crm://${'a'.repeat(2048)}`],
  ])('refuses %s', (_what, uri) => {
    expect(isResourceUri(uri)).toBe(false);
  });

  it('takes no time for what would keep a regular expression busy', () => {
    expect(isResourceUri(`crm://${','.repeat(2000)}{`)).toBe(false);
    expect(templateShape(`crm://{/ids*}${','.repeat(100_000)}`)).toBeNull();
  });
});

describe('plainReadingsOf', () => {
  it.each<readonly [string, readonly string[]]>([
    ['crm://deals/secret/2', []],
    ['crm://deals/secret%2F2', ['crm://deals/secret/2']],
    ['crm://deals/secret%5C2', ['crm://deals/secret/2']],
    ['crm://deals//secret/2', ['crm://deals/secret/2']],
    ['crm:///deals/secret/2', ['crm://deals/secret/2']],
    ['crm:deals/secret/2', ['crm://deals/secret/2']],
    ['crm://deals/secret;v=1/2', ['crm://deals/secret/2']],
    ['crm://deals/secret/2/', ['crm://deals/secret/2']],
    ['crm://deals/secret/2?', ['crm://deals/secret/2']],
    ['crm://deals/secret/2#top', ['crm://deals/secret/2']],
    ['crm://deals/secret/2?full=yes', []],
    ['urn:example:a#top', ['urn:example:a', 'urn://example:a']],
    ['file:///srv/a.md', []],
    ['file:////srv/a.md', ['file:///srv/a.md']],
    ['file://localhost/srv/a.md', ['file:///srv/a.md']],
    ['https://example.com/a', []],
    ['https://example.com', ['https://example.com/']],
    ['https://example.com./a', ['https://example.com/a']],
    ['https://example.com:443/a', ['https://example.com/a']],
    ['https://example.com:8443/a', []],
  ])('%s', (uri, readings) => {
    expect(plainReadingsOf(uri)).toEqual(readings);
  });

  it('takes no time for what would keep a regular expression busy', () => {
    expect(plainReadingsOf(`crm:${'/'.repeat(1000)}${';'.repeat(1000)}`)).toEqual(['crm://']);
  });
});

describe('templateShape', () => {
  it.each<readonly [string, string]>([
    ['crm://deals/{id}', 'crm://deals/\u0001'],
    ['crm://deals/{id:8}/notes', 'crm://deals/\u0001/notes'],
    ['crm://deals/{+path}', 'crm://deals/\u0002'],
    ['crm://deals{/ids*}{?q,limit}', 'crm://deals\u0002\u0002'],
    ['crm://deals/{a,b}', 'crm://deals/\u0002'],
    ['crm://deals/1', 'crm://deals/1'],
  ])('%s', (template, shape) => {
    expect(templateShape(template)).toBe(shape);
  });

  it.each(['crm://deals/{id', 'crm://deals/id}', 'crm://{{id}}', '{scheme}://x', 'crm://../{id}', 'crm://x/\u0001'])(
    'finds none in %s',
    (template) => {
      expect(templateShape(template)).toBeNull();
    },
  );
});
