import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import type { PlaceIndex } from '../../src/geo/contract.ts';
import { runTimelineTests } from '../../src/pattern/timeline.ts';
import type { TestResult } from '../../src/pattern/timeline.ts';
import { createTimelineRunner } from '../../src/task/timeline-runner.ts';
import { check, OPEN } from '../pattern/support.ts';

const DETROIT = {
  city: 'Detroit', postal_code: null, county: null, state: 'MI', dma_name: 'Detroit', dma_number: 505,
  country: 'US', layer_version: 'test',
};
/** Everything lies in Detroit. */
const PLACES = { locate: () => DETROIT } as unknown as PlaceIndex;

function results(source: string, places: PlaceIndex | null = null): readonly TestResult[] {
  const checked = check(source, OPEN);
  if (checked.kind !== 'pattern') throw new Error(JSON.stringify(checked));
  const runner = createTimelineRunner(defaultConfiguration(), { places, understand: null });
  return runTimelineTests(checked.definition, checked.tests, (one) => runner.pattern(one));
}

function failures(source: string, places: PlaceIndex | null = null): string[] {
  return results(source, places).flatMap((result) => result.failures);
}

/** A reminder an hour after the test's start, which is midnight UTC. */
function reminder(emit: string, expected: string, rest = ''): string {
  return `
id: reminder
key: k
steps: [{as: asked, on: question}]
${rest}
emit: {type: reminder${emit}}
tests:
  - name: t
    given:
      - {at: 1h, type: question, k: 1, recipient_id: u1, language: es}
      - {at: 2h, type: question, k: 1, recipient_id: u1, language: es}
    expect: ${expected}
`;
}

describe('what a test says of a record', () => {
  it('is its recipient, locale and expiry, too', () => {
    const emit = ', expires: 2h, recipient: "${asked.recipient_id}", locale: "${asked.language}"';
    const one = '{type: reminder, recipient: u1, locale: es, expires: 2h}';
    expect(failures(reminder(emit, `[${one}, ${one}]`))).toEqual([]);
    const wrong = one.replace('locale: es', 'locale: en');
    expect(failures(reminder(emit, `[${one}, ${wrong}]`)).slice(0, 2)).toEqual([
      'expected reminder, recipient u1, locale en, expires after 2h, and it did not come',
      'not expected: reminder at 2h for 1, recipient u1, locale es, expires after 2h',
    ]);
  });

  it('is when it goes out, where quiet hours hold it', () => {
    const emit = ', quietHours: {from: "22:00", to: "07:00", zone: UTC}';
    expect(failures(reminder(emit, '[{at: 1h, type: reminder, sent: 7h}, {at: 2h, type: reminder, sent: 7h}]'))).toEqual([]);
    expect(failures(reminder(emit, '[{type: reminder, sent: 1h}, {type: reminder}]')).slice(0, 2)).toEqual([
      'expected reminder, sent at 1h, and it did not come', 'not expected: reminder at 2h for 1, sent at 7h',
    ]);
  });
});

describe('what is matched and not sent', () => {
  it.each([
    ['at-most', ', atMost: {times: 1, per: 24h}', '[{at: 1h, type: reminder}, {at: 2h, type: reminder, withheld: at-most}]'],
    ['quiet-hours', ', quietHours: {from: "22:00", to: "01:30", zone: UTC, then: drop}',
      '[{at: 1h, type: reminder, withheld: quiet-hours}, {at: 2h, type: reminder}]'],
    ['expired', ', expires: 1h, quietHours: {from: "22:00", to: "07:00", zone: UTC}',
      '[{type: reminder, withheld: expired}, {type: reminder, withheld: expired}]'],
  ])('%s is stated, and a test may stay silent about it', (_, emit, expected) => {
    expect(failures(reminder(emit, expected))).toEqual([]);
  });

  it('says in a failure what was withheld', () => {
    const emit = ', atMost: {times: 1, per: 24h}';
    expect(failures(reminder(emit, '[{type: reminder}, {type: reminder}]')).slice(0, 2)).toEqual([
      'expected reminder, and it did not come', 'withheld at 2h by at-most',
    ]);
    expect(failures(reminder('', '[{type: reminder}, {at: 2h, type: reminder, withheld: at-most}]')).slice(0, 2)).toEqual([
      'not expected: reminder at 2h for 1', 'expected reminder at 2h withheld by at-most, and it was not',
    ]);
  });

  it('the holdout counts in tests that name it, and in no others', () => {
    const withheld = '{type: reminder, withheld: holdout}';
    expect(failures(reminder('', `[${withheld}, ${withheld}]`, 'holdout: 1'))).toEqual([]);
    expect(failures(reminder('', '[{type: reminder}, {type: reminder}]', 'holdout: 1'))).toEqual([]);
    expect(failures(reminder('', `[${withheld}, ${withheld}]`))).not.toEqual([]);
  });
});

describe('coordinates in a test', () => {
  const file = `
id: near
key: k
steps: [{as: seen, on: viewed, where: event.dma_name == "Detroit"}]
emit: {type: local, data: {city: "\${seen.city}"}}
tests:
  - name: t
    given: [{at: 0s, type: viewed, k: 1, lat: 42.3, lon: -83.0}]
    expect: [{type: local, data: {city: Detroit}}]
`;

  it('are labelled with their places where there is an index', () => {
    expect(failures(file, PLACES)).toEqual([]);
    expect(failures(file)).not.toEqual([]);
  });
});
