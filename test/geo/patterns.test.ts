import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { CORE_FUNCTIONS } from '../../src/expression/functions.ts';
import { placeFunctions } from '../../src/expression/functions/places.ts';
import { EMPTY_CATALOGUE, functionTable } from '../../src/expression/scope.ts';
import { DEMO_PLACES } from '../../src/geo/config.ts';
import { type FencePoint, NO_FENCE_STATE, stepFences } from '../../src/geo/fence.ts';
import { geographyOf } from '../../src/geo/geography.ts';
import { LiveFences } from '../../src/geo/live-fences.ts';
import { loadPlaces } from '../../src/geo/load.ts';
import { PLACE_EXAMPLES } from '../../src/pattern/place-examples.ts';
import { compileDefinitions } from '../../src/task/load-definitions.ts';
import { record, runOf, START } from '../task/support.ts';
import { check, runTests } from '../pattern/support.ts';
import { CACHE_FOLDER } from './support.ts';

/** Geofences inside patterns and segments, run by the steps that run live, on real layers. */

const places = await loadPlaces(DEMO_PLACES, CACHE_FOLDER);
const functions = functionTable(CORE_FUNCTIONS, placeFunctions(geographyOf(places)));

const REGIONS: readonly { readonly title: string; readonly source: string }[] = [
  {
    title: 'enters a region',
    source: `
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
  },
  {
    title: 'a segment of who is in a region',
    source: `
id: in-the-market-area
key: user_id
member: {region: 'dma:Detroit', on: location, within: 1d}
tests:
  - name: enters and leaves, and a position of before that comes late changes nothing
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.3677203, lon: -83.1186093}
      - {at: 1h, type: location, user_id: u1, lat: 41.8781, lon: -87.6298}
      - {at: 59m, type: location, user_id: u1, lat: 42.3677203, lon: -83.1186093}
    expect: [{at: 0s, entered: u1}, {at: 1h, exited: u1}]
`,
  },
];

test.for([...PLACE_EXAMPLES, ...REGIONS])('$title', ({ source }) => {
  const file = source.includes('member:') ? 'x.segment.yaml' : 'x.yaml';
  const checked = check(source, { catalogue: EMPTY_CATALOGUE, functions, others: [] }, file);
  expect(checked.problems.map(({ message }) => message)).toEqual([]);
  const results = runTests(checked);
  expect(results.flatMap((each) => each.failures)).toEqual([]);
  expect(results.length).toBeGreaterThan(0);
});

test('a region that does not exist is refused when the file is checked', () => {
  const source = REGIONS[0]!.source.replaceAll('place:Detroit', 'place:Detriot');
  const checked = check(source, { catalogue: EMPTY_CATALOGUE, functions, others: [] });
  const messages = checked.problems.map(({ message }) => message).join();
  expect(messages).toContain('there is no place "place:Detriot"');
});

describe('in event-time order, positions in any order of arrival give what a fence machine gives', () => {
  const LATENESS = 60_000;
  const configuration = {
    ...defaultConfiguration(),
    sources: [{ topic: 'marketplace.events', order: 'event-time' as const, start: 'latest' as const }],
  };
  const away = `on: location, where: '!near(event, {"lat": 42.33, "lon": -83.05}, 0.25)'`;
  const here = `on: location, where: 'near(event, {"lat": 42.33, "lon": -83.05}, 0.2)'`;
  const crossing = (id: string, first: string, second: string) => `
id: ${id}
key: user_id
starts: once
steps: [{every: [{${first}}, {${second}}]}]
emit: ${id}
`;
  const FILES = [
    crossing('enter', away, here),
    crossing('exit', here, away),
    'id: dwell\nkey: user_id\nsteps: [enter, {not: exit, for: 100s}]\nemit: dwell\n',
    `id: near\nkey: user_id
member: {region: {lat: 42.33, lon: -83.05, metres: 200, leaves: 250}, on: location}\n`,
  ];
  const { definitions } = compileDefinitions(compiledSources(FILES), {
    revision: 1, catalogue: EMPTY_CATALOGUE, functions, chatTypes: [], previous: null,
  });

  /** Away at first; then metres north of the plaza, each so many ms after the one before. */
  const walk = fc.array(
    fc.record({
      gap: fc.integer({ min: 1, max: 90_000 }),
      metres: fc.constantFrom(0, 100, 199, 210, 240, 260, 900),
      delay: fc.integer({ min: 0, max: LATENESS - 1 }),
    }),
    { maxLength: 25 },
  );

  test('enter, exit, dwell and membership', () => {
    fc.assert(
      fc.property(walk, (steps) => {
        const points: { at: number; lat: number; arrives: number }[] = [];
        let at = 0;
        for (const { gap, metres, delay } of [{ gap: 1, metres: 900, delay: 0 }, ...steps]) {
          at += gap;
          points.push({ at, lat: 42.33 + metres / 111_080, arrives: at + delay });
        }
        const run = runOf(definitions, { configuration, lateness: LATENESS });
        for (const point of points.toSorted((a, b) => a.arrives - b.arrives)) {
          const fields = { user_id: 'u1', lat: point.lat, lon: -83.05, id: String(point.at) };
          run.feed([record(point.at, 'location', fields)], START + point.arrives);
        }
        run.advance(START + at + 1_000_000);
        const told = run.take();
        const read = (role: string) =>
          told.flatMap((output) =>
            output.role === role ? [JSON.parse(Buffer.from(output.value!).toString())] : [],
          );
        const expected = machine(points.map((point): FencePoint => [point.at, point.lat, -83.05]));
        const derived = read('derived').map(({ type, time }) => `${type} ${Date.parse(time) - START}`);
        expect(derived.toSorted()).toEqual(expected.toSorted());
        const membership = read('segments').map(({ data, time }) =>
          `${data.change === 'entered' ? 'enter' : 'exit'} ${Date.parse(time) - START}`,
        );
        expect(membership).toEqual(expected.filter((word) => !word.startsWith('dwell')));
      }),
      { numRuns: 200 },
    );
  });

  function machine(points: readonly FencePoint[]): string[] {
    const fences = new LiveFences();
    fences.set('plaza', { lat: 42.33, lon: -83.05, enterM: 200, exitM: 250 });
    const rule = { dwellMs: 100_000, silenceMs: null };
    let state = NO_FENCE_STATE;
    const words: string[] = [];
    for (const point of [...points, null]) {
      const until = point === null ? Number.MAX_SAFE_INTEGER : point[0];
      const step = stepFences(fences, rule, state, point, until);
      state = step.state;
      words.push(...step.transitions.map(({ kind, at }) => `${kind} ${at}`));
    }
    return words;
  }

  function compiledSources(files: readonly string[]) {
    return files.map((source) => {
      const id = /^\s*id: *(\S+)/.exec(source)![1]!;
      const kind = source.includes('member:') ? ('segment' as const) : ('pattern' as const);
      return { source, entry: { id, kind, digest: id, enabled: true, since: 0 } };
    });
  }
});
