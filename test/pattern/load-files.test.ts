import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/event/event.ts';
import { compileMatcher } from '../../src/match/matcher.ts';
import { loadFiles } from '../../src/pattern/load-files.ts';
import type { PatternDefinition } from '../../src/pattern/definition.ts';
import { checkMigration, diffSources } from '../../src/pattern/diff.ts';
import { assignLevels, listensTo } from '../../src/pattern/levels.ts';
import { formatProblem } from '../../src/pattern/problems.ts';
import { anyFile, linearFile, orderedStream } from '../match/arbitrary.ts';
import { definitionOf } from '../match/definition-of.ts';
import { buildTypeIndex } from '../../src/pattern/type-index.ts';
import { OPEN, pattern, problems, segment } from './support.ts';

function simple(id: string, key: string, steps: string, emit: string): PatternDefinition {
  return pattern(`id: ${id}\nkey: ${key}\nwithin: 1h\nsteps: ${steps}\nemit: ${emit}\n`);
}

function event(type: string, data: Event['data'] = {}, id = 'e1', time = 0): Event {
  return { id, type, time, family: 'domain', data };
}

const STAGES = new Map([
  ['price_offer', 'conversation_id'],
  ['accept', 'conversation_id'],
]);

describe('levels', () => {
  const deals = simple('deals', 'conversation_id', '[price_offer, accept]', 'deal');
  const byUser = simple('by-user', 'user_id', '[deal]', 'user_deal');
  const sameKey = simple('same-key', 'conversation_id', '[deal]', 'conversation_deal');

  it('is 1 for source types, and for what is derived under the same key', () => {
    const { levels, problems: found } = assignLevels([deals, byUser, sameKey], STAGES);
    expect([...levels]).toEqual([
      ['deals', 1],
      ['by-user', 2],
      ['same-key', 1],
    ]);
    expect(found).toEqual([]);
  });

  it('is 2 for intents under another key', () => {
    const users = simple('users', 'user_id', '[price_offer]', 'x');
    expect(assignLevels([users], STAGES).levels.get('users')).toBe(2);
    expect(assignLevels([users]).levels.get('users')).toBe(1);
  });

  it('counts what a segment listens to and asks', () => {
    const dealers = segment('id: dealers\nkey: user_id\nmember: {matched: deal, within: 1d}\n');
    const source = 'id: both\nkey: user_id\nmember: {segment: dealers}\n';
    const both = segment(source, { ...OPEN, others: [dealers] });
    expect(assignLevels([deals, dealers, both]).levels.get('both')).toBe(2);
  });

  it('refuses a third level and says why', () => {
    const source = 'id: third\nkey: listing_id\nsteps: [user_deal]\nemit: x\n';
    expect(problems(source, { ...OPEN, others: [deals, byUser] })).toEqual([
      '3:8 levels: "third" would be on level 3, and there are 2: it listens to "user_deal", which "by-user" derives ' +
        'under user_id on level 2; it has the key listing_id. Give the definitions on the way the same key, or listen to ' +
        'the source events directly.',
    ]);
  });

  it('refuses a circle', () => {
    const one = simple('one', 'k', '[b]', 'a');
    const source = 'id: two\nkey: k\nsteps: [a]\nemit: b\n';
    expect(problems(source, { ...OPEN, others: [one] }).join()).toContain(
      'These listen to each other in a circle: one -> two -> one.',
    );
  });
});

describe('the index leaves out only what the event cannot change', () => {
  const where = fc.constantFrom(
    '',
    ', where: event.c == "1"',
    ', where: event.c == "2" && event.d > 1',
    ', where: event.d == 1',
    ", where: 'event.c in [\"1\", \"2\"] && event.d == 2'",
    ', where: event.c == "1" || event.c == "3" && event.d > 1',
    ", where: 'event.c in [\"2\"] || event.c == \"1\"'",
  );
  const modifier = fc.constantFrom(
    '',
    '',
    ', contiguity: strict',
    ', times: 2',
    ', times: 1+, until: "event.c == \'3\'"',
    ', contiguity: any',
  );
  const on = fc
    .tuple(fc.constantFrom('x', 'y'), where, modifier)
    .map(([type, clause, more]) => `{on: ${type}${clause}${more}}`);
  const step = fc.oneof(
    { arbitrary: on, weight: 6 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('x', 'y'), where)
        .map(([type, clause]) => `{not: ${type}${clause}, for: 5ms}`),
      weight: 1,
    },
  );
  const steps = fc
    .tuple(on, fc.array(step, { minLength: 1, maxLength: 2 }))
    .map((parts) => `[${parts.flat().join(', ')}]`);
  const stream = fc.array(
    fc.record({
      type: fc.constantFrom('x', 'y'),
      c: fc.constantFrom('1', '2', '3'),
      d: fc.constantFrom(1, 2),
    }),
    { maxLength: 8 },
  );

  /** Results and state of a matcher that is offered all events, or those the index lets through. */
  function run(definition: PatternDefinition, events: readonly Event[], indexed: boolean): unknown {
    const matcher = compileMatcher(definition);
    const index = buildTypeIndex([definition], (entry) => entry);
    const runs = matcher.empty();
    const outputs: unknown[] = [];
    const sink = {
      output: ({ at, evidence }: { at: number; evidence: readonly { event: Event }[] }) => {
        outputs.push([at, evidence.map((entry) => entry.event.id)]);
      },
      note: () => undefined,
    };
    for (const each of events) {
      matcher.advance(runs, each.time, sink);
      if (indexed && index.concerned(each).length === 0) continue;
      if (matcher.types.has(each.type)) matcher.accept(runs, each, each.time, sink, true);
    }
    matcher.advance(runs, 10_000_000, sink);
    return { outputs, size: matcher.size(runs) };
  }

  it('on random patterns and streams', () => {
    let left = 0;
    fc.assert(
      fc.property(steps, stream, (text, given) => {
        const definition = pattern(`id: p\nkey: k\nwithin: 1h\nsteps: ${text}\nemit: out\n`);
        const events = given.map(({ type, c, d }, i) => event(type, { c, d }, `e${i}`, i * 3));
        const index = buildTypeIndex([definition], (entry) => entry);
        left += events.filter((each) => index.concerned(each).length === 0).length;
        expect(run(definition, events, true)).toEqual(run(definition, events, false));
      }),
      { numRuns: 600 },
    );
    expect(left).toBeGreaterThan(200);
  });

  it('finds every pattern of which a run can begin', () => {
    let begun = 0;
    let left = 0;
    fc.assert(
      fc.property(fc.oneof(anyFile(), linearFile()), orderedStream(), (file, events) => {
        const definition = definitionOf(file);
        if (definition === null) return;
        const matcher = compileMatcher(definition);
        const index = buildTypeIndex([definition], (entry) => entry);
        for (const each of events) {
          const found = index.beginning(each).length > 0;
          if (matcher.types.has(each.type) && matcher.canBegin(each)) {
            begun++;
            expect(found).toBe(true);
          } else if (!found) left++;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(begun, left)).toBeGreaterThan(300);
  });

  it('keeps the order of entries, and finds them among many', () => {
    const many = Array.from({ length: 500 }, (_, i) => {
      return simple(`p${i}`, 'k', `[{on: x, where: event.c == "v${i % 100}"}]`, 'out');
    });
    const index = buildTypeIndex([...many, simple('last', 'k', '[x]', 'out')], (entry) => entry);
    const found = index.concerned(event('x', { c: 'v7' })).map(({ id }) => id);
    expect(found).toEqual(['p7', 'p107', 'p207', 'p307', 'p407', 'last']);
    expect(index.concerned(event('x', { c: 'w' })).map(({ id }) => id)).toEqual(['last']);
    expect([...index.types]).toEqual(['x']);
    expect(listensTo(many[0]!)).toEqual(new Set(['x']));
  });
});

describe('loading files as one set', () => {
  const surroundings = { catalogue: OPEN.catalogue, functions: OPEN.functions };
  const load = (...sources: string[]) => {
    return loadFiles(
      sources.map((source, i) => ({ file: `${i}.yaml`, source })),
      surroundings,
    ).map(({ checked }) => {
      return checked.kind === 'refused'
        ? checked.problems.map(formatProblem)
        : checked.definition.id;
    });
  };
  const segmentOf = (id: string, other: string): string =>
    `id: ${id}\nkey: u\nmember: {segment: ${other}}\n`;

  it('knows each to all others, in any order', () => {
    const base = 'id: base\nkey: u\nmember: {matched: deal, within: 1d}\n';
    const deals = 'id: deals\nkey: u\nsteps: [a]\nemit: deal\n';
    expect(load(segmentOf('two', 'one'), segmentOf('one', 'base'), base, deals)).toEqual([
      'two',
      'one',
      'base',
      'deals',
    ]);
  });

  it('refuses the second of two files with the same id, and keeps the rest', () => {
    const deals = 'id: deals\nkey: u\nsteps: [a]\nemit: deal\n';
    expect(load(deals, deals, 'id: x\n', deals.replace('id: deals', 'id: more'))).toEqual([
      'deals',
      [
        '1.yaml:1:1: error: The id "deals" is defined in 0.yaml too. Give one of them another id. [duplicate]',
      ],
      expect.arrayContaining(['2.yaml:1:1: error: "key" is missing. [structure]']),
      'more',
    ]);
  });

  it('refuses what needs a third level', () => {
    const file = (id: string, key: string, on: string, emit: string): string => {
      return `id: ${id}\nkey: ${key}\nsteps: [${on}]\nemit: ${emit}\n`;
    };
    const result = load(
      file('a', 'k1', 'x', 'a1'),
      file('b', 'k2', 'a1', 'b1'),
      file('c', 'k3', 'b1', 'c1'),
    );
    expect(result.slice(0, 2)).toEqual(['a', 'b']);
    expect(String(result[2])).toContain('would be on level 3');
  });
});

describe('two versions', () => {
  const before =
    'id: a\nkey: k\nwithin: 1h\nsteps:\n  - {as: offer, on: x}\n  - {as: deal, on: y, where: deal.a > 1}\nemit: out\n';

  it('differ by path, steps by name', () => {
    const after =
      before.replace('1h', '2h').replace('deal.a > 1', 'deal.a > 2').replace('# c', '') +
      'holdout: 0.1\n';
    expect(diffSources(before, after)).toEqual([
      { path: 'within', before: '1h', after: '2h' },
      { path: 'steps.deal.where', before: 'deal.a > 1', after: 'deal.a > 2' },
      { path: 'holdout', before: undefined, after: 0.1 },
    ]);
    expect(diffSources(before, `# comment\n${before}`)).toEqual([]);
  });

  it('may only migrate where every step, the key and the window are accounted for', () => {
    const messages = (source: string): string[] => {
      return checkMigration(pattern(before), pattern(source)).map(({ message }) => message);
    };
    const after = before.replaceAll('deal', 'answer');
    expect(messages(after)).toEqual([]);
    expect(messages(`${after}change: {migrate: {}}\n`)).toEqual([
      'Step "deal" has no counterpart in the new version.',
    ]);
    expect(messages(`${after}change: {migrate: {deal: answer}}\n`)).toEqual([]);
    expect(messages(`${after}change: {migrate: {deal: null}}\n`)).toEqual([]);
    const wider = after.replace('1h', '2h');
    expect(messages(`${wider}change: {migrate: {deal: answer}}\n`)[0]).toContain(
      'The window changes from 1h to 2h',
    );
    expect(messages(`${wider}change: {migrate: {deal: answer, within: within}}\n`)).toEqual([]);
    expect(
      messages(`${after.replace('key: k', 'key: j')}change: {migrate: {deal: answer}}\n`)[0],
    ).toContain('another key');
  });
});
