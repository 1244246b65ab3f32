import { describe, expect, it } from 'vitest';
import { readYaml, YAML_BYTES_MAX, type YamlFile } from '../../src/config/read-yaml.ts';

const read = (text: string | Uint8Array): ReturnType<typeof readYaml> =>
  readYaml('f.yaml', typeof text === 'string' ? Buffer.from(text) : text);

function firstProblem(text: string | Uint8Array): string {
  const file = read(text);
  if (file.ok) return 'taken';
  const [problem] = file.error;
  return `${problem?.place}: ${problem?.message}${problem?.got === null ? '' : `; got ${problem?.got}`}`;
}

describe('YAML that another reader would take for something else is refused', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'f.yaml:3:1: map keys must be unique'],
    ['a key twice deep down', 'x:\n  - a: 1\n    a: 2\n', 'f.yaml:3:5: map keys must be unique'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'f.yaml:2:1: a tab; got U+0009'],
    ['a tab before an item of a list', 'a:\n  - { b: 1 }\n\t- { b: 2 }\n', 'f.yaml:3:1: a tab; got U+0009'],
    ['a tab elsewhere', 'a:\tb\n', 'f.yaml:1:3: a tab; got U+0009'],
    ['an anchor', 'a: &x 1\n', 'f.yaml:1:7: an anchor; got &x'],
    ['an alias', 'b: *x\n', 'f.yaml:1:4: an alias; got *x'],
    ['a bomb of aliases', 'a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n', 'f.yaml:1:7: an anchor; got &a'],
    ['a merge key', '<<: { a: 1 }\n', 'f.yaml:1:1: a merge key; got <<'],
    ['a tag', 'a: !!str 1\n', 'f.yaml:1:10: a tag; got tag:yaml.org,2002:str'],
    ['a tag on a list', 'a: !!seq [1]\n', 'f.yaml:1:10: a tag; got tag:yaml.org,2002:seq'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'f.yaml:2:1: a second document'],
    ['a directive', '%YAML 1.1\n---\na: yes\n', 'f.yaml:1:1: a directive'],
    ['yes', 'groups: [yes]\n', 'f.yaml:1:10: a word that some YAML readers take for a truth value; got yes'],
    ['NO', 'a: NO\n', 'f.yaml:1:4: a word that some YAML readers take for a truth value; got NO'],
    ['off as a key', 'off: 1\n', 'f.yaml:1:1: a word that some YAML readers take for a truth value; got off'],
    ['a number as a key', '1: a\n', 'f.yaml:1:1: a key that is not a text; got 1'],
    ['a list as a key', '? [a]\n: 1\n', 'f.yaml:1:3: a key that is not a text'],
    ['an empty key', ': 1\n', 'f.yaml:1:1: a key that is not a text; got null'],
    ['__proto__', '__proto__: { a: 1 }\n', 'f.yaml:1:1: a key that means something to the runtime; got __proto__'],
    ['a zero-width space', 'a: g\u200bet\n', 'f.yaml:1:5: a character that cannot be seen; got U+200B'],
    [
      'a bidirectional override in a comment',
      'a: 1 # \u202e\n',
      'f.yaml:1:8: a character that cannot be seen; got U+202E',
    ],
    ['NUL', 'a: "\0"\n', 'f.yaml:1:5: a character that cannot be seen; got U+0000'],
    ['a lone surrogate by escape', 'a: "\\ud800"\n', 'f.yaml:1:4: a lone surrogate'],
    ['nothing', '', 'f.yaml: is empty'],
    ['comments alone', '# nothing\n', 'f.yaml: is empty'],
    ['bytes that are not UTF-8', Uint8Array.of(0x61, 0x3a, 0x20, 0xc0, 0xaf), 'f.yaml: is not UTF-8'],
    [
      'a file without end',
      new Uint8Array(YAML_BYTES_MAX + 1).fill(0x20),
      `f.yaml: is longer than ${YAML_BYTES_MAX} bytes`,
    ],
  ])('%s', (_what, text, problem) => {
    expect(firstProblem(text)).toBe(problem);
  });

  it.each([['a: [1, 2\n'], ['a: b: c\n'], ['a: "\n'], ['- a\nb: 1\n'], ['['.repeat(50_000)]])('%.20j', (text) => {
    expect(read(text)).toMatchObject({ ok: false });
  });

  it('tells all of it at once', () => {
    const file = read('a: yes\nb: &x 1\nb: 2\n');
    expect(file.ok ? [] : file.error.map(({ place }) => place)).toEqual(['f.yaml:3:1', 'f.yaml:1:4', 'f.yaml:2:7']);
  });
});

describe('plain YAML', () => {
  const TEXT = 'version: 1\nlist:\n  - id: a\n    on-call: "yes"\n  - { id: b, empty: }\nlong: >-\n  one\n  two\n';
  const file = read(TEXT);
  const yaml = (file.ok ? file.value : null) as YamlFile;

  it('is taken as it is', () => {
    expect(yaml.value).toEqual({
      version: 1,
      list: [
        { id: 'a', 'on-call': 'yes' },
        { id: 'b', empty: null },
      ],
      long: 'one two',
    });
  });

  it.each<[(string | number)[], string, string, string | null]>([
    [[], 'f.yaml:1:1', 'f.yaml:1:1', 'version: 1 list: - id: a on-call: "yes" - { id: b, empty: }…'],
    [['version'], 'f.yaml:1:10', 'f.yaml:1:1', '1'],
    [['list', 0], 'f.yaml:3:5', 'f.yaml:3:5', 'id: a on-call: "yes"'],
    [['list', 0, 'on-call'], 'f.yaml:4:14', 'f.yaml:4:5', '"yes"'],
    [['list', 1, 'empty'], 'f.yaml:5:14', 'f.yaml:5:14', null],
    [['list', 0, 'missing'], 'f.yaml:3:5', 'f.yaml:3:5', null],
    [['list', 7, 'id'], 'f.yaml:3:3', 'f.yaml:2:1', null],
    [['nowhere', 'at', 'all'], 'f.yaml:1:1', 'f.yaml:1:1', null],
  ])('knows where %j stands', (path, place, keyPlace, written) => {
    expect([yaml.placeOf(path), yaml.keyPlaceOf(path), yaml.writtenAt(path)]).toEqual([place, keyPlace, written]);
  });

  it('takes CRLF and a byte order mark', () => {
    expect(read('\ufeffa: 1\r\nb: 2\r\n')).toMatchObject({ ok: true, value: { value: { a: 1, b: 2 } } });
  });
});
