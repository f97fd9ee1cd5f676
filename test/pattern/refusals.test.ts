import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import type { Catalogue } from '../../src/expression/scope.ts';
import { catalogueOf } from '../../src/task/catalogue.ts';
import { OPEN, check, pattern, problems } from './support.ts';

/** A pattern around some steps; `rest` are further lines of the file. */
function file(steps: string, rest = ''): string {
  return `id: a\nkey: k\nwithin: 1h\nemit: out\n${rest}${rest === '' ? '' : '\n'}steps:\n${steps}\n`;
}

const CATALOGUE: Catalogue = {
  types: new Map([
    [
      'price_offer',
      new Map([
        ['amount', 'number'],
        ['conversation_id', 'text'],
        ['currency', 'text'],
      ]),
    ],
    [
      'listing_viewed',
      new Map([
        ['user_id', 'text'],
        ['category', 'text'],
      ]),
    ],
    ['accept', null],
  ]),
  common: new Map([['dma_name', 'text']]),
};
const KNOWN = { ...OPEN, catalogue: CATALOGUE };

describe('files that are no definition', () => {
  it.each([
    ['', '1:1 unreadable: The file is empty.'],
    ['# only a comment\n', '1:1 unreadable: The file is empty.'],
    ['- a\n- b\n', '1:1 unreadable: The file is not a map'],
    ['id: a\nkey: k\nsteps: [a]\nemit: {type: x, data: {__proto__: 1}}', '"__proto__" cannot be'],
    ['id: a\nkey: k\nsteps: [!foo a]\nemit: x', 'Unresolved tag'],
    ['just text', '1:1 unreadable: The file is not a map'],
    ['id: [a\nkey: k', 'unreadable: Not YAML'],
    [
      'id: a\nid: b\nkey: k\nsteps: [a]\nemit: x\n',
      '2:1 unreadable: Not YAML: Map keys must be unique.',
    ],
    ['id: a\n---\nid: b\n', 'unreadable: The file holds several documents.'],
    [`id: a\ndescription: ${'x'.repeat(300_000)}`, '1:1 unreadable: The file has 300'],
    [
      'a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\ne: [*d, *d, *d]',
      'unreadable: Not readable',
    ],
  ])('%#', (source, message) => {
    expect(problems(source).join('\n')).toContain(message);
  });
});

describe('durations and changes', () => {
  it.each([
    ['  - {on: a, within: 30m2h}', '', 'Write 2h30m: the largest unit first, each once.'],
    ['  - {on: a, within: 1h1h}', '', 'Write 2h: the largest unit first, each once.'],
    ['  - {on: a, within: 36501d}', '', 'a duration of at most 36500d'],
    ['  - {on: a, within: 99999999999999999999d}', '', 'a duration of at most 36500d'],
    ['  - a', 'change: migrat', 'Did you mean {migrate: ...}?'],
    ['  - a', 'change: finsh', 'Did you mean "finish"?'],
    ['  - a', 'skip: past-lst', 'Did you mean "past-last"?'],
  ])('%s %s', (steps, rest, message) => {
    expect(problems(file(steps, rest)).join('\n')).toContain(message);
  });
});

describe('greedy', () => {
  it.each([
    ['{group: [a, b], times: 1+, greedy: true}', '"greedy" does not go with "group".'],
    ['{all: [a, b], times: 1+, greedy: true}', '"greedy" does not go with "all".'],
    ['{on: a, times: 1+, greedy: true, inner: any}', 'A loop that may pass over events'],
  ])('is of single events, none of which is passed over: %s', (step, message) => {
    expect(problems(file(`  - ${step}\n  - c`)).join('\n')).toContain(message);
  });
});

describe('words', () => {
  it.each([
    [
      file('  - {on: b, wher: "true"}'),
      '6:13 structure: "wher" is not a word of the language in Entry 1 of steps. Did you mean "where"?',
    ],
    [
      'id: a\nkey: k\nsteps: [a]\nemti: x\n',
      '4:1 structure: "emti" is not a word of the language. Did you mean "emit"?',
    ],
    ['id: a\nkey: k\nsteps: [a]\n', '1:1 structure: "emit" is missing.'],
    [
      file('  - {on: b, skip: none}'),
      '6:13 structure: "skip" is not a word of the language in Entry 1 of steps. It belongs at the top of the file.',
    ],
    [
      'id: a\nkey: k\nsteps: [a]\nemit: x\nquietHours: {from: "22:00", to: "08:00"}\n',
      '5:1 structure: "quietHours" is not a word of the language. It belongs in emit or timeout.',
    ],
    [
      'id: A b\nkey: k\nsteps: [a]\nemit: x\n',
      '1:5 structure: id must be an id such as meeting-accepted',
    ],
    [file('  - {on: 5}'), '6:10 structure: on must be text or a list, not 5.'],
    [
      'id: a\nkey: k\nwithin: 5\nsteps: [a]\nemit: x\n',
      'within must be text, not 5. Add a unit: 5s, 5m, 5h or 5d.',
    ],
    ['id: a\nkey: k\nwithin: 24 hours\nsteps: [a]\nemit: x\n', 'not "24 hours". Write 24h.'],
    [
      file('  - a', 'skip: firstwins'),
      '5:7 structure: skip must be first-wins, none, to-next or past-last, not "firstwins". Did you mean "first-wins"?',
    ],
    [
      file('  - {on: a, contiguity: strct}'),
      'contiguity must be strict, relaxed or any, not "strct". Did you mean "strict"?',
    ],
    [file('  - {on: a, times: 5..2}'), '6:20 structure: "5..2" is not a count.'],
    [file('  - {on: a, times: lots}'), 'times must be a count such as 3, 2..5 or 3+, not "lots".'],
    [file('  - a', 'holdout: 3'), '5:10 structure: holdout must be at most 1, not 3.'],
    [file('  - {when: "true", on: a}'), 'Did you mean "where"?'],
  ])('%#', (source, message) => {
    expect(problems(source).join('\n')).toContain(message);
  });
});

describe('combinations', () => {
  it.each([
    ['  - {where: "true"}', 'A step needs one of the words on, not, all'],
    ['  - {on: a, every: b}', 'A step has one of these words, not several: on, every.'],
    ['  - a\n  - {not: b, times: 2}\n  - c', '7:14 combination: "times" does not go with "not".'],
    ['  - a\n  - {not: b, optional: true}\n  - c', '"optional" does not go with "not".'],
    ['  - a\n  - {not: b, as: x}\n  - c', '"as" does not go with "not". A `not` takes no event'],
    ['  - {group: [a, b], as: x}', '"as" does not go with "group". Name the steps inside.'],
    [
      '  - a\n  - {group: [b, c], contiguity: strict}',
      "A group's contiguity is that of its first step",
    ],
    ['  - {on: a, for: 1m}', '"for" does not go with "on". Did you mean "within"?'],
    ['  - {on: a, greedy: true}', '"greedy" needs "times".'],
    [
      '  - {on: a, times: 3, until: "true"}',
      '"until" with a condition needs an open count. Write times: 3+.',
    ],
    ['  - a\n  - {not: b, else: stop}\n  - c', '"else" needs "for".'],
    ['  - a\n  - {not: {not: b}}\n  - c', 'A `not` of a `not`.'],
    ['  - {any: [a, {group: [b, c]}], as: x}', '"as" on "any" names one event'],
  ])('%#', (steps, message) => {
    expect(problems(file(steps)).join('\n')).toContain(message);
  });
});

describe('names', () => {
  it.each([
    ['  - {as: x, on: a}\n  - {as: x, on: b}', '7:10 name: Two steps are called "x".'],
    ['  - {as: event, on: a}', 'A step cannot be called "event"'],
    [
      '  - {all: [{as: x, on: a}, {on: b, where: event.i == x.i}]}',
      '"x" is not a name that can be read here.',
    ],
    [
      '  - {as: x, on: a}\n  - {not: {as: y, on: b}}\n  - {on: c, where: event.i == y.i}',
      '"y" is not a name',
    ],
    ['  - {on: a, where: event.i == later.i}\n  - {as: later, on: b}', '"later" is not a name'],
    [
      '  - {as: xs, on: a, times: 2}\n  - {on: b, where: xs.i > 1}',
      'a list of events has no fields',
    ],
  ])('%#', (steps, message) => {
    expect(problems(file(steps)).join('\n')).toContain(message);
  });

  it('may stand in different branches of one any, as one slot', () => {
    const { names } = pattern(
      file('  - {any: [{as: x, on: a}, {as: x, on: b}]}\n  - {on: c, where: event.i == x.i}'),
    );
    expect(names).toEqual([{ name: 'x', slot: 0, list: false, types: ['a', 'b'] }]);
  });

  it('are lists where they repeat, themselves or inside something that does', () => {
    const steps =
      '  - {as: one, on: a}\n  - {as: many, on: b, times: 2}\n  - {group: [{as: in, on: c}], times: 1+}';
    const { names } = pattern(file(steps.replace('as: in,', 'as: inner_one,')));
    expect(names.map(({ name, list }) => [name, list])).toEqual([
      ['one', false],
      ['many', true],
      ['inner_one', true],
    ]);
  });

  it('inside a repeating group are the lists of earlier rounds, the own one included', () => {
    const source =
      '  - {group: [{as: p, on: a, where: size(q) == size(p)}, {as: q, on: b, where: size(p) == 1}], times: 2}';
    expect(problems(file(source))).toEqual([]);
  });

  it('of skip and migrate must exist', () => {
    expect(problems(file('  - {as: middle, on: a}', 'skip: {to-first: midle}')).join()).toContain(
      '5:18 unknown-name: No step is called "midle". Did you mean "middle"?',
    );
    expect(
      problems(file('  - {as: middle, on: a}', 'change: {migrate: {x: midle}}')).join(),
    ).toContain('Did you mean "middle"?');
  });
});

describe('beginnings, negations, windows', () => {
  it.each([
    [file('  - {not: a}\n  - b'), 'A `not` cannot be first'],
    [file('  - a\n  - {group: [{not: b}, c]}'), 'A `not` cannot be first'],
    [
      file('  - {not: a, for: 1m}\n  - b'),
      'start: A run begins at an event, and this step begins with a not ... for.',
    ],
    [file('  - {wait: 1m}\n  - b'), 'begins with a wait'],
    [file('  - {every: b}\n  - c'), 'begins with an every'],
    [file('  - {all: [{wait: 1m}, b]}'), 'begins with a wait'],
    [file('  - a', 'starts: once\nskip: past-last'), 'nothing to skip'],
    [file('  - {on: a, optional: true}', 'starts: once'), 'Every step may be left out'],
    [file('  - {group: [{on: a, optional: true}], times: 1+}', 'starts: once'), 'Every step may be left out'],
    [
      'id: a\nkey: k\nemit: x\nsteps: [b, {not: c}]',
      '4:12 window: A `not` at the end needs a time',
    ],
    [
      file('  - a\n  - {on: b, within: 2h}'),
      '7:21 window: "within: 2h" is longer than the "within" of the pattern (1h).',
    ],
    [
      file('  - a\n  - {group: [b, {not: c, for: 10m}], span: 5m}'),
      '"for: 10m" is longer than "span" around it (5m).',
    ],
    [file('  - a\n  - {not: b, for: 2h}'), '"for: 2h" is longer'],
    [file('  - a\n  - {on: b, within: 0s}'), 'A time of 0 never passes.'],
    [
      'id: a\nkey: k\nemit: x\ntimeout: y\nsteps: [b, c]',
      '4:1 unreachable: "timeout" can never come',
    ],
    [file('  - out'), 'The pattern listens to "out", which it emits itself.'],
    [
      file('  - a', 'timeout: out').replace('timeout: out', 'timeout: [late, late]'),
      '"late" is emitted twice',
    ],
  ])('%#', (source, message) => {
    expect(problems(source).join('\n')).toContain(message);
  });

  it('a first step that waits is fine with starts: once', () => {
    expect(problems(file('  - {not: a, for: 1m}\n  - b', 'starts: once'))).toEqual([]);
    expect(problems(file('  - {every: [a, b]}\n  - {wait: 1m}', 'starts: once'))).toEqual([]);
  });
});

describe('against a catalogue', () => {
  const around = (steps: string, key = 'conversation_id'): string => {
    return `id: a\nkey: ${key}\nwithin: 1h\nsteps: ${steps}\nemit: x\n`;
  };
  it.each([
    [
      around('[price_ofer]'),
      '4:9 unknown-type: No known event has the type "price_ofer". Did you mean "price_offer"?',
    ],
    [
      around('[price_offer, {on: accept}, something_else]'),
      'unknown-type: No known event has the type "something_else".',
    ],
    [
      around('[{on: price_offer, where: event.amout > 3}]'),
      '4:40 expression: An event of type price_offer has no field "amout". Did you mean "amount"?',
    ],
    [
      around('[{on: price_offer, where: event.amount > "3"}]'),
      'does not work on these types: number > text',
    ],
    [
      around('[price_offer]', 'conversation_ids'),
      '2:6 key-missing: Events of type "price_offer" have no field "conversation_ids" to be the key. Did you mean "conversation_id"?',
    ],
  ])('%#', (source, message) => {
    expect(problems(source, KNOWN).join('\n')).toContain(message);
  });

  it('warns where the named fields of a type are without a canonical key, under any of its names', () => {
    const types = { price_offer: ['conversation_id'], accept: ['chat_id'], viewed: ['listing_id'] };
    const configuration = { ...defaultConfiguration().events, types };
    const catalogue = catalogueOf({ ...defaultConfiguration(), events: configuration });
    expect(problems(around('[price_offer, accept, viewed]'), { ...OPEN, catalogue })).toEqual([
      '2:6 key-missing: The fields of "viewed" do not say "conversation_id", the key: without it an event goes nowhere. Where the source has it, name it in events.types of parley.yaml.',
    ]);
  });

  it('guesses nothing where nothing is known', () => {
    expect(problems(around('[{on: price_ofer, where: event.amout > 3}]'))).toEqual([]);
  });

  it('knows what other definitions emit', () => {
    const other = pattern(
      'id: o\nkey: conversation_id\nsteps: [price_offer]\nemit: big_deal\n',
      KNOWN,
    );
    expect(problems(around('[big_deal]'), { ...KNOWN, others: [other] })).toEqual([]);
    expect(problems(around('[big_del]'), { ...KNOWN, others: [other] }).join()).toContain(
      'Did you mean "big_deal"?',
    );
  });
});

describe('positions in expressions', () => {
  it.each([
    [
      '  - {as: one, on: b}\n  - on: c\n    where: |\n      one.x > 3 &&\n        evnt.y < 3',
      '10:9 expression: "evnt"',
    ],
    ["  - {on: b, where: 'evnt.y < 3'}", '6:21 expression: "evnt"'],
    ['  - {on: b, where: "size(x) == 1 && evnt.y < 3"}', '6:26 expression: "x"'],
  ])('%#', (steps, message) => {
    expect(problems(file(steps)).join('\n')).toContain(message);
  });

  it('in templates', () => {
    const source =
      'id: a\nkey: k\nsteps: [{as: one, on: b}]\nemit: {type: x, data: {a: "hi ${oen.x}"}}\n';
    expect(problems(source)).toEqual([
      '4:33 expression: "oen" is not a name that can be read here. Did you mean "one"?',
    ]);
  });
});

describe('tests in files', () => {
  it.each([
    [
      '{name: t, given: [{at: 1h, type: q, k: 1}], expect: []}',
      'No event of this test concerns the definition',
    ],
    ['{name: t, given: [], expect: []}', 'No event of this test concerns the definition'],
    [
      '{name: t, given: [{at: 1h, type: a, k: 1}], expect: [{type: outt}]}',
      'The pattern never emits "outt". Did you mean "out"?',
    ],
    ['{name: t, given: [{at: 1h, type: a}], expect: []}', 'The event has no "k", the key'],
  ])('%#', (test, message) => {
    expect(problems(file('  - a', `tests: [${test}]`)).join('\n')).toContain(message);
  });
});

describe('segments', () => {
  const segment = (member: string): string => `id: s\nkey: user_id\nmember: ${member}\n`;
  it.each([
    ['{on: a}', '"on" needs "within". Say how far back it looks'],
    ['{on: a, within: 7d, is: 3}', '"is" does not go with "on".'],
    ['{on: a, within: 7d, atLeast: 0}', 'For "none" write not: {...}.'],
    ['{sum: x, on: a, within: 7d}', '"sum" needs "atLeast".'],
    ['{latest: x, on: a}', '"latest" needs one of is, isNot'],
    ['{latest: x, is: 3}', 'Nothing says which events to look at.'],
    ['{segment: s}', 'A segment cannot be a condition of itself.'],
    ['{segment: other}', 'There is no segment "other".'],
    ['{within: 7d}', 'A condition needs one of the words on, not'],
    ['{sum: x, on: a, within: 7d, distinct: b}', 'A condition has one of these words, not several'],
    ['{region: Atlantis, on: a}', 'there is no place "Atlantis"'],
    ['{region: {lat: 1, lon: 1, metres: 9, leaves: 8}, on: a}', '"leaves" must be at least "metres"'],
    ['{region: {lat: 91, lon: 1, metres: 9}, on: a}', 'lat must be at most 90, not 91.'],
    ['{region: {lat: 1, lon: 1, meters: 9}, on: a}', 'Did you mean "metres"?'],
    ['{region: {lat: 1, lon: 1}, on: a}', '"metres" is missing in region.'],
    ['{on: a, within: 7d, where: evnt.x > 1}', '"evnt" is not a name'],
  ])('%#', (member, message) => {
    expect(problems(segment(member)).join('\n')).toContain(message);
  });

  it('tells a pattern id from what the pattern emits', () => {
    const other = pattern('id: haggling\nkey: user_id\nsteps: [a]\nemit: haggled_deal\n');
    const source = segment('{matched: haggling, within: 1d}');
    expect(problems(source, { ...OPEN, others: [other] }).join()).toContain(
      'Pattern haggling emits haggled_deal.',
    );
  });
});

it('gives equal digests to files that say the same', () => {
  const one = check('id: a\nkey: k\nsteps: [x]\nemit: y\n');
  const two = check('# comment\nemit: y\nsteps:\n  - x\nkey: "k"\nid: a\n');
  const three = check('id: a\nkey: k\nsteps: [x]\nemit: z\n');
  const digests = [one, two, three].map((checked) =>
    'definition' in checked ? checked.definition.digest : '',
  );
  expect(digests[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(digests[1]).toBe(digests[0]);
  expect(digests[2]).not.toBe(digests[0]);
});
