import { describe, expect, it } from 'vitest';
import { problems } from './support.ts';

/** What people write who have read the README and nothing else: one message each, and the likely fix. */

function file(step: string, emit = 'out'): string {
  return `id: a\nkey: k\nwithin: 1h\nsteps:\n  - {as: v, on: x}\n  - ${step}\nemit: ${emit}\n`;
}

describe('CEL and YAML side by side', () => {
  it.each([
    ['!event.blocked', '6:20 unreadable: Not YAML: Unresolved tag: !event.blocked.'],
    ['event.x in [1, 2]', '6:31 unreadable: Not YAML: Unexpected flow-seq-start at node end.'],
    ['event.x > 1 ? true : false', '6:20 unreadable: Not YAML: Block collections are not allowed'],
    ['"sofa" == event.category', '6:27 unreadable: Not YAML: Unexpected scalar at node end.'],
    ['event.tags[0] == 1', '6:30 unreadable: Not YAML: Unexpected flow-seq-start at node end.'],
  ])('where: %s', (where, message) => {
    const found = problems(file(`{on: y, where: ${where}}`));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
    expect(found[0]).toContain(`Put the condition in quotes: where: '...'.`);
  });

  it('a comma ends the text of a flow map', () => {
    expect(problems(file('{on: y, where: event.name == "a, b"}'))).toEqual([
      '6:38 structure: "b"" is not a word of the language in Entry 2 of steps. Text that holds a comma stands in quotes.',
    ]);
  });

  it('an alias without its anchor is told where it stands', () => {
    expect(problems(file('{on: *other}'))).toEqual([
      '6:10 unreadable: Not readable: Unresolved alias (the anchor must be set before the alias): other.',
    ]);
    expect(problems(`${file('{on: *late}')}description: &late y\n`)[0]).toContain('6:10 unreadable');
  });

  it('what is taken, without quotes in a flow map', () => {
    expect(problems(file('y', '{type: out, data: {paid: ${v.price}}}'))).toEqual([
      '7:33 unreadable: Not YAML: Unexpected flow-map-start at node end. Put text with ${...} in quotes: "${...}".',
    ]);
  });

  it('nesting that no reader can follow', () => {
    const deep = `id: a\nkey: k\nsteps: ${'['.repeat(5_000)}${']'.repeat(5_000)}\nemit: x\n`;
    const found = problems(deep);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('unreadable: It is nested too deep to be read.');
  });
});

describe('other languages', () => {
  it.each([
    ['event.text like "%sofa%"', 'expression: Not understood: "like". Write TEXT.contains("...")'],
    ['event.text ~ "sofa"', 'Write TEXT.matches("...").'],
    ['event.category is null', '6:36 expression: Not understood: "is". Write "==" to compare.'],
    ['event.x > 1 and true', 'Not understood: "and". Write "&&" for "and".'],
    ['at(event) > now - 1h', 'Not understood: "h". Write duration("1h").'],
    ['event.wait > 250ms', 'Write duration("250ms").'],
    ['abs(event.x, 3) > 1', 'No function takes this: `abs(any, number)`. Such as: abs(-3) == 3.'],
  ])('%s', (where, message) => {
    expect(problems(file(`{on: y, where: ${JSON.stringify(where)}}`)).join('\n')).toContain(message);
  });

  it.each([
    ['event.x + 1', 'number'],
    ['size(event.tags)', 'number'],
    ['event.name.lowerAscii()', 'text'],
    ['v', 'map'],
    ['[event.x]', 'list<any>'],
    ['now', 'time'],
    ['event.x == 1 ? "a" : "b"', 'text'],
  ])('%s is no condition', (where, type) => {
    const message = `A condition is true or false, and this is always of type ${type}.`;
    const fix = 'Compare it with something, such as ==, > or in.';
    expect(problems(file(`{on: y, where: '${where}'}`))).toEqual([`6:21 expression: ${message} ${fix}`]);
  });

  it('what may be true or false when it runs is a condition', () => {
    expect(problems(file('{on: y, where: event.urgent}'))).toEqual([]);
  });

  it('a number where a condition is wanted is no duration', () => {
    expect(problems(file('{on: y, where: 5}'))).toEqual(['6:20 structure: where must be text, not 5.']);
    expect(problems(file('{on: y, within: 5}'))[0]).toContain('Add a unit: 5s, 5m, 5h or 5d.');
  });
});

describe('words that would do nothing', () => {
  it('a time on a `not` that has no `for`', () => {
    expect(problems(file('{not: y, within: 10m}'))).toEqual([
      '6:14 negation: "within" does nothing here: a `not` forbids until the next step takes an event. For "nothing for that long" write for: 10m.',
    ]);
    expect(problems(file('{not: y, for: 10m, within: 20m}'))).toEqual([]);
    expect(problems(file('{group: [y, {not: z, atMost: 1}, w]}')).join()).toContain('"atMost" does nothing here');
  });

  it('the name of what was taken, as plain text', () => {
    const emit = '{type: out, recipient: v.user, key: "$v.id", data: {a: "{v.price}", b: other.price, c: [v.price], d: "v.price is it"}}';
    expect(problems(file('y', emit))).toEqual([
      '7:30 expression: This is emitted as it stands: the text "v.user". For what was taken write "${v.user}".',
      '7:43 expression: This is emitted as it stands: the text "$v.id". For what was taken write "${v.id}".',
      '7:62 expression: This is emitted as it stands: the text "{v.price}". For what was taken write "${v.price}".',
    ]);
  });
});
