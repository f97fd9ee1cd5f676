import { describe, expect, it } from 'vitest';
import { DIALOGUE_FIELDS } from '../../src/task/definitions.ts';
import { decodeForwarded, encodeFields } from '../../src/event/codec.ts';
import { STANDARD_FUNCTIONS } from '../../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../../src/expression/scope.ts';
import { compileDefinitions } from '../../src/task/load-definitions.ts';
import { compiledSet } from './support.ts';

const pattern = (id: string, steps: string, key = 'conversation_id', emit = `${id}-done`) =>
  `{id: ${id}, key: ${key}, within: 1h, steps: [${steps}], emit: ${emit.replaceAll('-', '_')}}`;

describe('a set', () => {
  it('forwards a type once for every level and key name that wants it', () => {
    const { definitions } = compiledSet([
      { source: pattern('a', 'view, offer') },
      { source: pattern('b', 'view, sold', 'listing_id') },
      { source: pattern('c', 'view, b_done', 'user_id') },
      { source: pattern('d', 'view, offer') },
    ]);
    expect(definitions.routes.get('view')).toMatchObject([
      { level: 1, keyName: 'conversation_id' },
      { level: 1, keyName: 'listing_id' },
      { level: 2, keyName: 'user_id' },
    ]);
    expect(definitions.onward.get('b_done')).toEqual(['user_id']);
    expect(definitions.routes.has('other')).toBe(false);
  });

  it('intents are derived under the conversation: other keys hear them on level 2', () => {
    const { definitions } = compiledSet([{ source: pattern('a', 'price_offer, accept', 'user_id') }]);
    expect(definitions.patterns[0]?.level).toBe(2);
    expect(definitions.onward.get('price_offer')).toEqual(['user_id']);
    expect(definitions.routes.get('chat_message')).toEqual([
      { level: 1, keyName: 'conversation_id', fields: DIALOGUE_FIELDS.toSorted() },
    ]);
  });

  it('an event travels with what definitions under its key can look at, and no more', () => {
    const steps = `[{as: a, on: view, where: event.category == "sofa"}, {on: buy, where: event.price > a.price}]`;
    const emit = '{type: done, data: {title: "${a.title}"}}';
    const source = `{id: p, key: user_id, within: 1h, steps: ${steps}, emit: ${emit}}`;
    const segment = '{id: s, key: user_id, member: {sum: amount, on: view, within: 1h, atLeast: 5}}';
    const { definitions } = compiledSet([{ source }, { source: segment }]);
    const route = definitions.routes.get('view')?.[0];
    expect(route).toMatchObject({ level: 1, keyName: 'user_id' });
    expect(route?.fields).toEqual([
      'amount', 'category', 'language', 'price', 'recipient_id', 'title', 'user_id',
    ]);
    const data = { user_id: 'u1', category: 'sofa', pad: 'x', title: 't' };
    const event = { id: '1', type: 'view', time: 1, family: 'tracking' as const, data };
    const { user_id, category, title } = data;
    const travels = decodeForwarded(encodeFields(event, route?.fields as string[], 'arrival'));
    expect(travels).toMatchObject({ event: { id: '1' } });
    expect('event' in travels && travels.event.data).toEqual({ user_id, category, title });
  });

  it('a definition that looks at a whole event gets a whole event', () => {
    const where = `'"x" in event'`;
    const source = `{id: p, key: user_id, within: 1h, steps: [{on: view, where: ${where}}], emit: x}`;
    expect(compiledSet([{ source }]).definitions.routes.get('view')?.[0]?.fields).toBe('*');
  });

  it('segments may name segments in any order of files', () => {
    const both = `{id: a-both, key: user_id, member: {all: [{segment: z-one}]}}`;
    const one = `{id: z-one, key: user_id, member: {on: view, within: 1h}}`;
    expect(compiledSet([{ source: both }, { source: one }]).definitions.segments).toHaveLength(2);
  });

  it('a file that cannot be loaded is told, and the rest runs', () => {
    expect(() => compiledSet([{ source: pattern('a', 'view') }, { source: 'id: broken\nkey: x' }])).toThrow(
      /broken:/,
    );
  });

  it('a stored definition that this version refuses is left out by name, and the rest runs', () => {
    // What an older version took: a bare `not` with a word that did nothing there.
    const sources = [
      { source: pattern('good', 'view, sold'), id: 'good', digest: 'd1' },
      { source: pattern('refused', 'view, {not: offer, within: 5m}, sold'), id: 'refused', digest: 'd2' },
      { source: pattern('also-good', 'view, offer'), id: 'also-good', digest: 'd3' },
    ].map(({ source, id, digest }) => ({
      source,
      entry: { id, kind: 'pattern' as const, digest, enabled: true, since: 0 },
    }));
    const { definitions, refused } = compileDefinitions(sources, {
      revision: 3,
      catalogue: EMPTY_CATALOGUE,
      functions: STANDARD_FUNCTIONS,
      chatTypes: [],
      previous: null,
    });
    expect(definitions.patterns.map(({ definition }) => definition.id)).toEqual(['also-good', 'good']);
    expect(refused.map(({ entry }) => entry.id)).toEqual(['refused']);
    expect(refused[0]?.problems[0]?.message).toContain('not');
    expect(definitions.routes.has('view')).toBe(true);
  });

  it('an older version stays on the level of what it listens to itself', () => {
    const { definitions } = compiledSet([
      { source: pattern('a', 'view', 'conversation_id', 'done') },
      { source: `{id: b, version: 1, key: user_id, within: 1h, steps: [done], emit: x}`, enabled: false },
      { source: `{id: b, version: 2, key: user_id, within: 1h, steps: [view], emit: x}` },
    ]);
    const levels = definitions.patterns.map(({ definition, level, begins }) => [
      definition.id, definition.version, level, begins,
    ]);
    expect(levels).toEqual([['a', 1, 1, true], ['b', 1, 2, false], ['b', 2, 1, true]]);
  });

  it('what did not change is taken over as it is', () => {
    const files = Array.from({ length: 50 }, (_, i) => ({ source: pattern(`p${i}`, 'view, offer') }));
    const before = compiledSet(files);
    const after = compiledSet([...files, { source: pattern('new', 'view') }], { previous: before });
    for (const [digest, member] of before.members) expect(after.members.get(digest)).toBe(member);
    expect(after.definitions.patterns).toHaveLength(51);
  });
});
