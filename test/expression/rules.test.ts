import { describe, expect, it } from 'vitest';
import { isEvaluationError } from '../../src/expression/expression.ts';
import type { EvaluationError } from '../../src/expression/expression.ts';
import { explainTrace } from '../../src/expression/trace.ts';
import { FUNCTIONS, OPEN_SCOPE, SCOPE, compiled, event, frame, refusal, value } from './support.ts';

function errorOf(source: string, given: Parameters<typeof value>[1] = {}): string {
  const result = value(source, given);
  return isEvaluationError(result) ? result.error : `no error but ${JSON.stringify(result)}`;
}

const offer = event(
  { amount: 80, category: 'sofa', tags: ['a', 'b'], geo: { city: 'Detroit' } },
  1_000,
);
const taken = { event: offer, captures: [event({ amount: 70 }, 500), [event({ amount: 75 })]] };

describe('numbers are doubles', () => {
  it.each([
    ['7 / 2', 3.5],
    ['1 + 1.5', 2.5],
    ['-7 % 3', -1],
    ['event.amount * 2 + 1', 161],
    ['size([1, 2]) * 0.5', 1],
    ['1 == 1.0', true],
    ['0x10', 16],
  ])('%s is %s', (source, expected) => {
    expect(value(source, taken)).toBe(expected);
  });

  it('gives an error value for what is not finite', () => {
    expect(errorOf('1 / 0')).toBe('bad_argument');
    expect(errorOf('event.amount % 0', taken)).toBe('bad_argument');
  });

  it('has no bytes and no unsigned numbers', () => {
    expect(refusal('b"x" == b"x"')).toContain('no bytes');
    expect(refusal('1u == 1u')).toContain('no unsigned numbers');
  });
});

describe('missing fields and wrong types are error values', () => {
  it('passes an error through every operator, ! included', () => {
    for (const source of [
      'event.nothing',
      '!event.nothing',
      '!(event.nothing == 1)',
      'event.nothing + 1',
      '-event.nothing',
      'event.nothing ? 1 : 2',
      'event.nothing in [1]',
      'size(event.nothing)',
      '[event.nothing]',
      'event.nothing.deeper',
      'event.geo.nothing',
      'opening.nothing > 1',
      '{"a": event.nothing}',
    ]) {
      expect([source, errorOf(source, taken)]).toEqual([source, 'missing_field']);
    }
  });

  it('lets the other operand of && and || decide alone, in either order', () => {
    expect(value('false && event.nothing')).toBe(false);
    expect(value('event.nothing && false')).toBe(false);
    expect(value('true || event.nothing')).toBe(true);
    expect(value('event.nothing || true')).toBe(true);
    expect(errorOf('event.nothing && true')).toBe('missing_field');
    expect(errorOf('false || event.nothing')).toBe('missing_field');
  });

  it('does not order or combine different types; they are unequal', () => {
    expect(value('event.amount == "80"', taken)).toBe(false);
    expect(value('event.amount != "80"', taken)).toBe(true);
    for (const source of [
      'event.category > 3',
      'event.tags < 1',
      '!event.amount',
      'event.amount && true',
      'event.category + 1',
    ]) {
      expect([source, errorOf(source, taken)]).toEqual([source, 'wrong_type']);
    }
  });

  it('compares with null, which is a value', () => {
    const given = { event: event({ amount: null }) };
    expect(value('event.amount == null', given)).toBe(true);
    expect(value('event.amount == 3', given)).toBe(false);
    expect(value('event.amount != 3', given)).toBe(true);
    expect(errorOf('event.amount > 3', given)).toBe('wrong_type');
  });

  it('counts a clause that fails as false, and reports it once', () => {
    for (const source of [
      'event.nothing > 3',
      'event.nothing == "x"',
      '!(event.nothing == "x")',
      'event.amount > opening.nothing',
      'event.category == "sofa" && event.nothing > 1',
      'event.category',
      'event.nothing != "x"',
      'raises.exists(r, r.nothing > 1)',
    ]) {
      const errors: EvaluationError[] = [];
      expect(compiled(source, OPEN_SCOPE).test(frame(taken), (error) => errors.push(error))).toBe(
        false,
      );
      expect([source, errors.length]).toEqual([source, 1]);
    }
  });

  it('reports nothing where a false operand decides', () => {
    const errors: EvaluationError[] = [];
    const clause = compiled('event.nothing > 3 && event.category == "table"', OPEN_SCOPE);
    expect(clause.test(frame(taken), (error) => errors.push(error))).toBe(false);
    expect(errors).toEqual([]);
  });

  it('is not fooled by data that looks like an error', () => {
    const given = { event: event({ x: { error: 'missing_field', detail: '' } }) };
    expect(value('event.x', given)).toEqual({ error: 'missing_field', detail: '' });
    expect(value('event.x.error == "missing_field"', given)).toBe(true);
  });

  it('asks first with has()', () => {
    expect(value('has(event.amount)', taken)).toBe(true);
    expect(value('has(event.nothing)', taken)).toBe(false);
    expect(value('has(event.geo.city) && !has(event.geo.zip)', taken)).toBe(true);
    expect(errorOf('has(event.nothing.deeper)', taken)).toBe('missing_field');
  });
});

describe('fields are own fields', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is missing',
    (name) => {
      const bracket = `event["${name}"]`;
      for (const source of [bracket, `event.geo["${name}"]`, `opening["${name}"]`]) {
        expect(errorOf(source, taken)).toBe('missing_field');
      }
      if (name !== '__proto__') expect(errorOf(`event.${name}`, taken)).toBe('missing_field');
      expect(value(`"${name}" in event.geo`, taken)).toBe(false);
    },
  );

  it('reads a field of such a name where the event has it', () => {
    expect(value('event.valueOf == 3', { event: event({ valueOf: 3 }) })).toBe(true);
  });

  it('has no fields on lists and text', () => {
    expect(errorOf('event.tags.length', taken)).toBe('wrong_type');
    expect(errorOf('event.category.length', taken)).toBe('wrong_type');
  });
});

describe('names', () => {
  it('reads an own name as the event', () => {
    expect(value('deal.amount == event.amount', taken)).toBe(true);
  });

  it('is an empty map or list where nothing was taken', () => {
    expect(value('size(raises) == 0 && size(opening) == 0')).toBe(true);
    expect(value('has(opening.amount)')).toBe(false);
    expect(errorOf('opening.amount > 1')).toBe('missing_field');
    expect(errorOf('last(raises).amount > 1')).toBe('missing_field');
    expect(errorOf('at(opening) < now')).toBe('no_value');
    expect(value('sum(raises, "amount")')).toBe(0);
    expect(errorOf('max(raises, "amount")')).toBe('no_value');
  });

  it('tells events by id, never by value', () => {
    const a = event({ amount: 1 });
    const b = event({ amount: 1 });
    expect(value('event == opening', { event: a, captures: [a] })).toBe(true);
    expect(value('event == opening', { event: a, captures: [b] })).toBe(false);
    expect(value('event != last(raises)', { event: a, captures: [b, [b, a]] })).toBe(false);
  });

  it('uses an event as the map of its fields', () => {
    expect(value('[opening]', taken)).toEqual([{ amount: 70 }]);
    expect(value('raises', taken)).toEqual([{ amount: 75 }]);
    expect(value('raises.map(r, r)', taken)).toEqual([{ amount: 75 }]);
  });

  it.each(['sum', 'avg', 'min', 'max', 'distinct'])('%s of one event is refused', (name) => {
    for (const scope of [SCOPE, OPEN_SCOPE]) {
      expect(refusal(`1 < 2 && ${name}(opening, "amount") == 1`, scope)).toBe(
        `1:${11 + name.length} ${name}() wants a list, and opening is one event. ` +
          'Write opening.amount; a list is what a step with `times` takes.',
      );
      expect(refusal(`raises.all(r, ${name}(r, "amount") == 1)`, scope)).toContain('Write r.amount');
    }
  });

  it.each(['first', 'last', 'prev'])('%s of one event is refused', (name) => {
    expect(refusal(`${name}(event).amount == 1`, OPEN_SCOPE)).toContain('Write event;');
    expect(refusal(`${name}(last(raises)).amount == 1`)).toContain('Write last(raises);');
    expect(value(`${name}(event.tags)`, { event: event({ tags: [1, 1] }) })).toBe(1);
  });

  it('is no number, text or boolean, whether its fields are known or not', () => {
    for (const scope of [SCOPE, OPEN_SCOPE]) {
      for (const source of ['opening > 3', '!event']) {
        expect(refusal(source, scope)).toContain('An event is a map of its fields');
      }
      expect(refusal('opening.contains("x")', scope)).toContain("Such as: 'red sofa'.contains('sofa').");
      expect(refusal('abs(event) > 1', scope)).toContain('Such as: abs(-3) == 3.');
      expect(refusal('raises > 3', scope)).toContain('A step that repeats is a list');
    }
  });

  it('chooses among events of different types', () => {
    const names = SCOPE.names.map((name) => (name.list ? { ...name, types: ['search'] } : name));
    for (const search of [new Map([['amount', 'number' as const]]), null]) {
      const types = new Map([...SCOPE.catalogue.types, ['search', search] as const]);
      const scope = { ...SCOPE, names, catalogue: { ...SCOPE.catalogue, types } };
      expect(value('(size(raises) == 0 ? opening : last(raises)).amount', taken, scope)).toBe(75);
    }
  });

  it('chooses among events', () => {
    const source = 'event.amount > (size(raises) == 0 ? opening : last(raises)).amount';
    const expression = compiled(source);
    expect(expression.evaluate(frame(taken))).toBe(true);
    expect([...expression.captureFields]).toEqual([
      [0, ['amount']],
      [1, ['amount']],
    ]);
  });

  it('says what it reads', () => {
    const expression = compiled('event.amount > opening.amount && sum(raises, "amount") < 9');
    expect(expression.eventFields).toEqual(['amount']);
    expect(expression.slots).toEqual([0, 1]);
    expect(compiled('size(raises) > 1').captureFields.get(1)).toEqual([]);
    expect(compiled('distance(event, opening) < 1').eventFields).toBe('*');
  });

  it('gives the constants that an index can use', () => {
    const source =
      'event.category == "sofa" && 5 == event.amount && (event.urgent == true || event.amount == 3)';
    expect(compiled(source).constants).toEqual([
      { field: 'category', values: ['sofa'] },
      { field: 'amount', values: [5] },
    ]);
    const oneOf = 'event.category in ["sofa", "chair"] || "bed" == event.category && event.amount > 1';
    expect(compiled(oneOf).constants).toEqual([
      { field: 'category', values: ['sofa', 'chair', 'bed'] },
    ]);
    expect(compiled('!(event.category in ["sofa"]) && event.amount in [1, null]').constants).toEqual([]);
  });

  it('is one object for the same text in scopes that differ in types alone', () => {
    const source = 'event.amount > opening.amount';
    const here = compiled(source);
    const names = SCOPE.names.map((name) => ({ ...name, types: ['search'] }));
    expect(compiled(source, { ...SCOPE, event: ['search'], names })).toBe(here);
    expect(compiled(source, { ...SCOPE, names: names.map((name) => ({ ...name, slot: name.slot + 1 })) }))
      .not.toBe(here);
    expect(refusal('event.categori == "x"')).toContain('categori');
    expect(compiled('event.categori == "x"', { ...SCOPE, event: ['search'] })).toBeDefined();
    expect(refusal('event.categori == "x"')).toContain('categori');
  });

  it('knows a constant condition', () => {
    expect(compiled('1 < 2').constant).toBe(true);
    expect(compiled('event.amount < 2').constant).toBeUndefined();
  });
});

describe('bounds', () => {
  it('cuts nested loops off', () => {
    const list = `[${Array.from({ length: 30 }, (_, i) => i).join(',')}]`;
    const source = `${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c < 1000)))`;
    expect(errorOf(source)).toBe('cost_exceeded');
    expect(compiled('raises.all(r, r.amount > 1)').cost).toBeLessThan(1_000_000);
  });

  it('starts every evaluation with all its steps', () => {
    const list = Array.from({ length: 6_000 }, () => event({ amount: 2 }));
    const expression = compiled('raises.all(r, r.amount > 1)');
    const given = frame({ captures: [undefined, list] });
    expect([1, 2, 3].map(() => expression.test(given))).toEqual([true, true, true]);
  });

  it('refuses what is too long or too deep', () => {
    expect(refusal(`1 == ${'1 + '.repeat(2_000)}1`)).toContain('longer than');
    expect(refusal(`${'('.repeat(200)}1${')'.repeat(200)} == 1`)).toMatch(/depth/i);
  });

  it('runs regular expressions in linear time', () => {
    const given = { event: event({ text: `${'a'.repeat(40)}!` }) };
    expect(value('event.text.matches("^(a+)+$")', given)).toBe(false);
  });
});

describe('every function has an example that is true', () => {
  it.each([...FUNCTIONS.values()].map((f) => [f.name, f.example]))('%s: %s', (_, example) => {
    expect(value(example, { event: offer, now: 2_000 })).toBe(true);
  });
});

describe('messages', () => {
  it.each([
    [
      'event.amout > 3',
      '1:7 An event of type price_offer has no field "amout". Did you mean "amount"?',
    ],
    ['evnt.amount > 3', '1:1 "evnt" is not a name that can be read here. Did you mean "event"?'],
    [
      'amount > 3',
      '1:1 "amount" is not a name that can be read here. Did you mean "event.amount"?',
    ],
    ['event.amount = 3', '1:14 Not understood: Unexpected character: =. Write "==" to compare.'],
    [
      'sum(raises, "amont") > 3',
      '1:13 An event of type price_offer has no field "amont". Did you mean "amount"?',
    ],
    ['event.category.contans("x")', '1:1 There is no method "contans". Did you mean "contains"?'],
    ['1 +', '1:4 The expression ends too early.'],
  ])('%s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each([
    ['event.amount > "3"', 'do not|does not work on these types: number > text'],
    ['raises.amount > 3', 'a list of events has no fields'],
    ['event.amount > 3 and true', 'Write "&&" for "and"'],
    ['contains(event.category, "x")', 'It is a method'],
    ['event.category.matches("(")', 'missing closing'],
    ['duration("2x") > duration("1h")', 'duration'],
    ['at(event) > 3', 'time > number'],
    ['inside(event, "Detroitt")', 'there is no place'],
    ['at(event).getHours("Mars/Base") > 1', 'is not a time zone'],
    ['event.amount\n  > 3 && event.amout > 1', '^2:16 '],
  ])('%s', (source, part) => {
    expect(refusal(source)).toMatch(new RegExp(part));
  });
});

describe('trace', () => {
  it('shows every part with its value', () => {
    const trace = compiled('event.amount > opening.amount && event.category == "table"').trace(
      frame(taken),
    );
    expect(trace.value).toBe(false);
    expect(trace.parts.map((part) => [part.source, part.value])).toEqual([
      ['event.amount > opening.amount', true],
      ['event.category == "table"', false],
    ]);
    expect(explainTrace(trace)).toBe('event.category == "table": false (event.category is "sofa")');
  });

  it('shows the elements of a loop', () => {
    const trace = compiled('raises.exists(r, r.amount > 80)', SCOPE).trace(frame(taken));
    expect(trace.parts.at(-1)).toMatchObject({ source: 'r.amount > 80', value: false });
  });
});
