import { describe, expect, it } from 'vitest';
import { isEvaluationError } from '../../src/expression/expression.ts';
import { event, frame, compiled, refusal, value } from './support.ts';

function errorOf(source: string, given: Parameters<typeof value>[1] = {}): string {
  const result = value(source, given);
  return isEvaluationError(result) ? result.error : `no error but ${JSON.stringify(result)}`;
}

describe('time', () => {
  const T = 'timestamp("2026-03-29T00:30:15.250Z")';
  it.each([
    [`${T}.getHours()`, 0],
    [`${T}.getHours("Europe/Madrid")`, 1],
    // Summer time begins in Madrid at 01:00 UTC that day.
    ['timestamp("2026-03-29T01:30:00Z").getHours("Europe/Madrid")', 3],
    [`${T}.getHours("America/Detroit")`, 20],
    [`${T}.getDate("America/Detroit")`, 28],
    [`${T}.getDayOfWeek()`, 0],
    [`${T}.getDayOfWeek("America/Detroit")`, 6],
    [`${T}.getDayOfYear()`, 87],
    [`${T}.getMonth()`, 2],
    [`${T}.getMilliseconds("Asia/Kolkata")`, 250],
    [`${T}.getMinutes("Asia/Kolkata")`, 0],
    ['timestamp("1969-12-31T23:59:59.900Z").getMilliseconds("UTC")', 900],
    ['timestamp("2026-01-01T00:00:00+03:00") == timestamp("2025-12-31T21:00:00Z")', true],
    [
      'timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z") == duration("1d")',
      true,
    ],
    [
      'timestamp("2026-01-01T00:00:00Z") + duration("1d") == timestamp("2026-01-02T00:00:00Z")',
      true,
    ],
    ['duration("1h") / duration("30m")', 2],
    ['duration("1h") * 2 == duration("2h")', true],
    ['duration("90m") > duration("1h")', true],
  ])('%s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('reads event times and the clock of the key', () => {
    const given = { event: event({}, 5_000, 'accept'), captures: [event({}, 2_000)], now: 9_000 };
    expect(value('at(event) - at(opening) == duration("3s")', given)).toBe(true);
    expect(value('now - at(event) < duration("5s")', given)).toBe(true);
    expect(value('kind(event)', given)).toBe('accept');
    expect(errorOf('kind(opening)', {})).toBe('no_value');
  });

  it('refuses what is no time, no duration, no zone', () => {
    expect(refusal('timestamp("tomorrow") < now')).toContain('ISO 8601');
    expect(refusal('duration("soon") < duration("1h")')).toContain('2h30m');
    expect(errorOf('timestamp(event.t) < now', { event: event({ t: 'x' }) })).toBe('bad_argument');
    expect(
      errorOf('timestamp(event.t).getHours(event.z) > 1', { event: event({ t: 0, z: 'Mars' }) }),
    ).toBe('bad_argument');
  });
});

describe('lists and events', () => {
  const raises = [
    event({ amount: 80, by: 'a' }),
    event({ amount: 95, by: 'b' }),
    event({ by: 'a' }),
  ];
  const given = {
    event: event({ tags: ['x', 'y', 'x'], amounts: [1, 2, 6] }),
    captures: [undefined, raises],
  };
  it.each([
    ['sum(raises, "amount")', 175],
    ['avg(raises, "amount")', 87.5],
    ['min(raises, "amount")', 80],
    ['max(raises, "amount")', 95],
    ['distinct(raises, "by")', ['a', 'b']],
    ['size(distinct(event.tags))', 2],
    ['sum(event.amounts)', 9],
    ['max(event.amounts)', 6],
    ['first(raises).amount', 80],
    ['prev(raises).amount', 95],
    ['has(last(raises).amount)', false],
    ['first(event.tags)', 'x'],
    ['raises.filter(r, has(r.amount)).map(r, r.amount * 2)', [160, 190]],
    ['raises.exists_one(r, r.by == "b")', true],
    ['raises[1].by', 'b'],
    ['raises.map(r, r.by).join("-")', 'a-b-a'],
    ['distinct(raises).size()', 3],
  ])('%s', (source, expected) => {
    expect(value(source, given)).toEqual(expected);
  });

  it('aggregates give an error for what is no number, and pass over what is missing', () => {
    const texts = { captures: [undefined, [event({ amount: 'x' })]] };
    expect(errorOf('sum(raises, "amount")', texts)).toBe('wrong_type');
    expect(errorOf('raises[7].by', given)).toBe('no_value');
    expect(errorOf('raises[0.5].by', given)).toBe('wrong_type');
  });
});

describe('text', () => {
  it.each([
    ['"niño".size()', 4],
    ['"😀sofa".indexOf("sofa")', 1],
    ['"😀sofa".substring(1, 3)', 'so'],
    ['"İSTANBUL".lower().startsWith("i")', true],
    ['"Ñ".lowerAscii()', 'Ñ'],
    ['"a$b".replace("$", "$&")', 'a$&b'],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"abc".split("")', ['a', 'b', 'c']],
    ['double("1e3") + int("7.9")', 1007],
  ])('%s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it('gives errors where the argument is wrong', () => {
    expect(errorOf('"abc".substring(2, 1)')).toBe('bad_argument');
    expect(errorOf('double("12 apples")')).toBe('bad_argument');
    expect(errorOf('event.t.matches(event.p)', { event: event({ t: 'a', p: '(' }) })).toBe(
      'bad_argument',
    );
    expect(errorOf('event.t.contains("a")', { event: event({ t: 3 }) })).toBe('wrong_type');
  });

  it('bounds what can be built', () => {
    const long = { event: event({ t: 'x'.repeat(40_000) }) };
    expect(errorOf('event.t + event.t', long)).toBe('cost_exceeded');
    expect(errorOf('event.t.replace("x", "yy")', long)).toBe('cost_exceeded');
  });
});

describe('places', () => {
  const given = {
    event: event({ lat: 42.33, lon: -83.05 }),
    captures: [event({ lat: 43.33, lon: -83.05 })],
  };
  it('measures in km between events and maps', () => {
    expect(value('distance(event, opening)', given)).toBeCloseTo(111, 0);
    expect(value('near(event, opening, 112) && !near(event, opening, 100)', given)).toBe(true);
    expect(value('near(event, {"lat": 42.33, "lon": -83.05}, 1)', given)).toBe(true);
    expect(value('inside(event, "Detroit")', given)).toBe(true);
  });

  it('fails where there is no point', () => {
    expect(errorOf('distance(event, opening) < 1', { event: given.event })).toBe('missing_field');
    expect(
      errorOf('inside(event, event.p)', { event: event({ lat: 1, lon: 1, p: 'Atlantis' }) }),
    ).toBe('bad_argument');
  });

  it('reads whole events', () => {
    expect(compiled('near(event, opening, 1)').captureFields.get(0)).toBe('*');
    expect(compiled('near(event, opening, 1)').test(frame(given))).toBe(false);
  });
});
