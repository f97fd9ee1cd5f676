import { expect, test } from 'vitest';
import { CORE_FUNCTIONS } from '../../src/expression/functions.ts';
import { placeFunctions } from '../../src/expression/functions/places.ts';
import { EMPTY_CATALOGUE, functionTable } from '../../src/expression/scope.ts';
import { DEMO_PLACES } from '../../src/geo/config.ts';
import { geographyOf } from '../../src/geo/geography.ts';
import { loadPlaces } from '../../src/geo/load.ts';
import { check, runTests } from '../pattern/support.ts';
import { CACHE_FOLDER } from './support.ts';

/**
 * Geofences inside patterns and segments, run by the real matcher: near a captured place and a
 * fixed point, inside a region, enter and exit with two radii, dwell, two users near each other.
 * A thousandth of a degree of latitude is 111 metres.
 */

const places = await loadPlaces(DEMO_PLACES, CACHE_FOLDER);
const functions = functionTable(CORE_FUNCTIONS, placeFunctions(geographyOf(places)));

const PLAZA = "{'lat': 42.33, 'lon': -83.05}";
const INSIDE = `near(event, ${PLAZA}, 0.2)`;
const OUTSIDE = `!near(event, ${PLAZA}, 0.25)`;

/** A position of a user, so many thousandths of a degree north of the plaza. */
function at(time: string, north: number, more = ''): string {
  return `{at: ${time}, type: location, user_id: u1, conversation_id: c1, lat: ${42.33 + north / 1000}, ` +
    `lon: -83.05${more}}`;
}

const FILES: Record<string, string> = {
  'near a captured place': `
id: at-the-meeting
key: conversation_id
within: 7d
steps:
  - {as: proposal, on: meeting_proposal}
  - {as: arrival, on: location, where: 'near(arrival, proposal, 0.2)'}
emit: {type: arrived, data: {who: '\${arrival.user_id}'}}
tests:
  - name: only the position near the place counts
    given:
      - {at: 0s, type: meeting_proposal, conversation_id: c1, lat: 42.33, lon: -83.05}
      - ${at('1h', 5)}
      - ${at('2h', 1)}
    expect: [{at: 2h, type: arrived, data: {who: u1}}]
  - name: invalid coordinates are near nothing
    given:
      - {at: 0s, type: meeting_proposal, conversation_id: c1, lat: 142.33, lon: -83.05}
      - ${at('1h', 0)}
    expect: []
`,
  'enters, with two radii': `
id: entered
key: user_id
starts: once
steps:
  - every:
      - {as: away, on: location, where: "${OUTSIDE}"}
      - {as: here, on: location, where: "${INSIDE}"}
emit: entered_plaza
tests:
  - name: jitter between the radii does not flicker
    given: [${at('0s', 9)}, ${at('1m', 1)}, ${at('2m', 2)}, ${at('3m', 1)}, ${at('4m', 3)}, ${at('5m', 0)}]
    expect: [{at: 1m, type: entered_plaza}, {at: 5m, type: entered_plaza}]
`,
  'exits, with two radii': `
id: exited
key: user_id
starts: once
steps:
  - every:
      - {as: here, on: location, where: "${INSIDE}"}
      - {as: away, on: location, where: "${OUTSIDE}"}
emit: exited_plaza
tests:
  - name: the step between the radii is no exit
    given: [${at('0s', 1)}, ${at('1m', 2)}, ${at('2m', 3)}, ${at('3m', 4)}, ${at('4m', 0)}, ${at('5m', 9)}]
    expect: [{at: 2m, type: exited_plaza}, {at: 5m, type: exited_plaza}]
`,
  'dwells, once per visit': `
id: dwelled
key: user_id
within: 1d
steps:
  - {as: away, on: location, where: "${OUTSIDE}"}
  - {as: here, on: location, where: "${INSIDE}"}
  - {not: {on: location, where: "${OUTSIDE}"}, for: 10m}
emit: dwelled_at_plaza
tests:
  - name: comes ten minutes after the entry, without another position
    given: [${at('0s', 9)}, ${at('1m', 1)}, ${at('5m', 2)}]
    expect: [{at: 11m, type: dwelled_at_plaza}]
  - name: a visit cut short counts anew
    given: [${at('0s', 9)}, ${at('1m', 1)}, ${at('5m', 9)}, ${at('6m', 1)}, ${at('20m', 1)}]
    expect: [{at: 16m, type: dwelled_at_plaza}]
`,
  'enters a region': `
id: entered-detroit
key: user_id
starts: once
steps:
  - every:
      - {as: away, on: location, where: "!inside(event, 'place:Detroit')"}
      - {as: here, on: location, where: "inside(event, 'place:Detroit')"}
emit: entered_detroit
tests:
  - name: by the boundary of the city
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.0, lon: -83.4}
      - {at: 1h, type: location, user_id: u1, lat: 42.3677203, lon: -83.1186093}
    expect: [{at: 1h, type: entered_detroit}]
`,
  'two users near each other within a time': `
id: met
key: conversation_id
within: 10m
steps:
  - {as: a, on: location}
  - {as: b, on: location, where: 'b.user_id != a.user_id && near(a, b, 0.1)'}
emit: {type: met, data: {who: '\${a.user_id + " " + b.user_id}'}}
tests:
  - name: near in space and time
    given:
      - {at: 0s, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
      - {at: 5m, type: location, conversation_id: c1, user_id: bob, lat: 42.3305, lon: -83.05}
    expect: [{at: 5m, type: met, data: {who: ann bob}}]
  - name: too late, or too far
    given:
      - {at: 0s, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
      - {at: 5m, type: location, conversation_id: c1, user_id: bob, lat: 42.335, lon: -83.05}
      - {at: 10m, type: location, conversation_id: c1, user_id: cem, lat: 42.33, lon: -83.05}
    expect: []
`,
  'a segment of who is in a region': `
id: in-the-market-area
key: user_id
member: {region: 'dma:Detroit', on: location, within: 1d}
tests:
  - name: enters and leaves
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.3677203, lon: -83.1186093}
      - {at: 1h, type: location, user_id: u1, lat: 41.8781, lon: -87.6298}
    expect: [{at: 0s, entered: u1}, {at: 1h, exited: u1}]
`,
};

test.for(Object.entries(FILES))('%s', ([, source]) => {
  const file = source.includes('member:') ? 'x.segment.yaml' : 'x.yaml';
  const checked = check(source, { catalogue: EMPTY_CATALOGUE, functions, others: [] }, file);
  expect(checked.problems.map(({ message }) => message)).toEqual([]);
  const results = runTests(checked);
  expect(results.flatMap((each) => each.failures)).toEqual([]);
  expect(results.length).toBeGreaterThan(0);
});

test('a region that does not exist is refused when the file is checked', () => {
  const source = FILES['enters a region']!.replaceAll('place:Detroit', 'place:Detriot');
  const checked = check(source, { catalogue: EMPTY_CATALOGUE, functions, others: [] });
  const messages = checked.problems.map(({ message }) => message).join();
  expect(messages).toContain('there is no place "place:Detriot"');
});
