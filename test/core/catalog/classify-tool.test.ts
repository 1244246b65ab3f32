import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyTool } from '../../../src/core/catalog/classify-tool.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const tool = (name: string, description = '', more: JsonObject = {}): JsonObject => ({ name, description, ...more });
const choices = (...values: string[]): JsonObject => ({
  inputSchema: { type: 'object', properties: { method: { type: 'string', enum: values } } },
});

describe('classifyTool', () => {
  it.each([
    ['a name that begins with a reading verb', tool('get_deal'), 'read'],
    ['a name that begins with a writing verb', tool('update_deal'), 'write'],
    ['a name in camel case', tool('listOpenIssues'), 'read'],
    ['a deletion', tool('delete_all'), 'never'],
    ['a name with a verb at its end', tool('issue_read', 'Get information about an issue'), 'read'],
    ['a noun that is also a verb', tool('get_order', 'Get an order.'), 'read'],
    ['reading or else creating', tool('get_or_create_channel', 'Get a channel.'), 'write'],
    ['reading that also deletes', tool('search_logs', 'Searches logs and deletes them'), 'write'],
    ['a program to run', tool('execute_sql', 'Runs a query'), 'write'],
    [
      'a reading name with a program as argument',
      tool('query_db', 'Query it', { inputSchema: { type: 'object', properties: { sql: {} } } }),
      'write',
    ],
    ['a choice of actions', tool('read_issue', 'Read an issue', choices('get', 'delete')), 'write'],
    ['a choice of reading alone', tool('read_issue', 'Read an issue', choices('get', 'list')), 'read'],
    ['what is done again', tool('reprioritize_issue', 'Reprioritizes.'), 'write'],
    ['rights', tool('update_permissions', 'Updates permissions.'), 'never'],
    ['money', tool('update_billing_plan', 'Updates the plan.'), 'never'],
    ['everything at once', tool('export_all_contacts', 'Exports and sends all contacts'), 'never'],
    ['a whole database', tool('export_database', 'Dumps it'), 'never'],
    ['a part of one', tool('export_report', 'Exports a report.'), 'read'],
    ['somebody else', tool('impersonate_user', 'Acts as another user'), 'never'],
    ['reading about rights', tool('list_permissions', 'Lists permissions.'), 'read'],
    [
      'an argument that may be anything',
      tool('branch', 'Retrieve branches', { inputSchema: { type: 'object', properties: { action: {} } } }),
      'unclassified',
    ],
    [
      'a second verb behind the first',
      tool('git_fetch', 'Fetches from a remote and prunes the stale branches'),
      'write',
    ],
    [
      'a picture that goes to a file',
      tool('take_screenshot', 'Screenshot', { inputSchema: { type: 'object', properties: { filename: {} } } }),
      'write',
    ],
    ['a verb of two words', tool('check_in', 'Checks a passenger in'), 'write'],
    ['a thing, which a description names', tool('image_layers', 'Layers of an image with their sizes'), 'read'],
    ['a deed, which a description names', tool('user_tool', 'Removal of a user'), 'unclassified'],
    [
      'a verb in no list, in front of a noun that is looked at',
      tool('shop_price', 'Frobnicates the price'),
      'unclassified',
    ],
    ['nouns that are verbs elsewhere', tool('my_issues', 'Issues assigned to me'), 'unclassified'],
    ['how something is', tool('now_playing', 'What is playing at the moment'), 'read'],
    ['nothing that says anything', tool('frobnicate', 'Frobnicates the widget.'), 'unclassified'],
    ['no name', {}, 'unclassified'],
  ])('proposes for %s', (_, definition, expected) => {
    const { class: proposed, reasons } = classifyTool(definition);
    expect(proposed).toBe(expected);
    expect(reasons.length).toBeGreaterThan(0);
  });

  it.each([
    ['makes a read a write', tool('get_deal', '', { annotations: { readOnlyHint: false } }), 'write'],
    ['makes an unknown a write', tool('frobnicate', '', { annotations: { destructiveHint: true } }), 'write'],
    ['does not make a write a read', tool('send_mail', '', { annotations: { readOnlyHint: true } }), 'write'],
    [
      'does not make an unknown a read',
      tool('frobnicate', '', { annotations: { readOnlyHint: true } }),
      'unclassified',
    ],
    [
      'does not make a program a read',
      tool('http_request', 'Execute it', { annotations: { readOnlyHint: true } }),
      'write',
    ],
  ])('has an annotation that %s', (_, definition, expected) => {
    expect(classifyTool(definition).class).toBe(expected);
  });
});

interface PublicTool {
  readonly name: string;
  readonly description: string;
  readonly annotations?: JsonObject;
  readonly params?: readonly string[];
  readonly label?: 'read' | 'write';
}

it('says which values of an argument do what', () => {
  expect(classifyTool(tool('manage_deal', 'Manage it', choices('get', 'create', 'purge'))).byArgument).toEqual({
    argument: 'method',
    read: ['get'],
    write: ['create'],
    never: ['purge'],
  });
  expect(classifyTool(tool('get_deal', 'Get it', choices('get', 'list'))).byArgument).toBeNull();
});

describe('the public tools', () => {
  const file = new URL('../../fixtures/mcp-tools-dev.json', import.meta.url);
  const { tools } = JSON.parse(readFileSync(file, 'utf8')) as { readonly tools: readonly PublicTool[] };
  const labelled = tools.filter(({ label }) => label !== undefined);

  it.each([true, false])('are hardly ever called read where they write (annotations: %s)', (hints) => {
    let writes = 0;
    let writesCalledRead = 0;
    let unknown = 0;
    for (const { label, params = [], annotations = {}, name, description } of labelled) {
      const inputSchema = { type: 'object', properties: Object.fromEntries(params.map((param) => [param, {}])) };
      const proposed = classifyTool({ name, description, inputSchema, ...(hints && { annotations }) }).class;
      if (proposed === 'unclassified') unknown += 1;
      if (label === 'write') writes += 1;
      if (label === 'write' && proposed === 'read') writesCalledRead += 1;
    }
    expect(writesCalledRead / writes).toBeLessThanOrEqual(0.01);
    expect(unknown / labelled.length).toBeLessThanOrEqual(0.15);
  });

  it('are seldom called write where they read', () => {
    const reads = labelled.filter(({ label }) => label === 'read');
    const missed = reads.filter(({ name, description }) => classifyTool({ name, description }).class !== 'read');
    expect(missed.length / reads.length).toBeLessThanOrEqual(0.15);
  });
});

describe('tools that were written before the rules', () => {
  interface Labelled {
    readonly label: 'read' | 'write' | 'destructive' | 'unclear';
    readonly name: string;
    readonly description: string;
  }
  const file = new URL('../../fixtures/classified-tools.json', import.meta.url);
  const sets = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<'tools' | 'later', readonly Labelled[]>>;
  const classOf = ({ name, description }: Labelled): string => classifyTool({ name, description }).class;

  it.each(['tools', 'later'] as const)('are never called read unless they read (%s)', (which) => {
    const others = sets[which].filter(({ label }) => label !== 'read');
    expect(others.filter((each) => classOf(each) === 'read').map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['tools', 0.8, 0.05],
    ['later', 0.4, 0.4],
  ] as const)('are told apart as far as can be (%s)', (which, readsMin, unknownMax) => {
    const reads = sets[which].filter(({ label }) => label === 'read');
    const clear = sets[which].filter(({ label }) => label !== 'unclear');
    const called = (tools: readonly Labelled[], wanted: string): number =>
      tools.filter((each) => classOf(each) === wanted).length / tools.length;
    expect(called(reads, 'read')).toBeGreaterThanOrEqual(readsMin);
    expect(called(clear, 'unclassified')).toBeLessThanOrEqual(unknownMax);
  });
});

describe('tools of many products, written set by set', () => {
  interface Labelled {
    readonly label: 'read' | 'write' | 'never';
    readonly name: string;
    readonly description: string;
    readonly params?: readonly string[];
  }
  const file = new URL('../../fixtures/varied-tools.json', import.meta.url);
  const { sets } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly sets: readonly { readonly classified: readonly Labelled[] }[];
  };
  const tools = sets.flatMap(({ classified }) => classified);
  const classOf = ({ name, description, params = [] }: Labelled): string => {
    const properties = Object.fromEntries(params.map((param) => [param, {}]));
    return classifyTool({ name, description, inputSchema: { type: 'object', properties } }).class;
  };

  it('are never called read where they do more', () => {
    const called = tools.filter((each) => each.label !== 'read' && classOf(each) === 'read');
    expect(called.map(({ name }) => name)).toEqual([]);
  });

  it('are nearly all told apart', () => {
    const share = (wanted: (each: Labelled) => boolean): number => tools.filter(wanted).length / tools.length;
    expect(share((each) => classOf(each) === 'unclassified')).toBeLessThanOrEqual(0.08);
    expect(share((each) => each.label === 'read' && classOf(each) !== 'read')).toBeLessThanOrEqual(0.08);
  });
});
