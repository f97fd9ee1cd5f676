/**
 * Bytes of state a member of a segment takes, and what that means for 100 million users.
 *
 *     node load/segment-bytes.ts
 */
import { defaultConfiguration } from '../src/event/configuration.ts';
import { STANDARD_FUNCTIONS } from '../src/expression/functions.ts';
import { EMPTY_CATALOGUE } from '../src/expression/scope.ts';
import { compileDefinitions } from '../src/task/load-definitions.ts';
import { createPrograms } from '../src/task/programs.ts';
import { heldListed } from '../src/task/state-value.ts';
import { createVirtualRun } from '../src/task/virtual-run.ts';

const MEMBERS = 5_000;
const START = Date.UTC(2026, 0, 5);
const GAP_MS = 3_600_000;

/** Condition, and the events after which a user is a member. */
const SHAPES: readonly (readonly [name: string, member: string, events: number])[] = [
  ['one event in 30 d', '{on: view, within: 30d}', 1],
  ['5 events in 7 d', '{on: view, within: 7d, atLeast: 5}', 5],
  ['50 events in 30 d', '{on: view, within: 30d, atLeast: 50}', 50],
  ['5 different values in 7 d', '{on: view, distinct: listing_id, within: 7d, atLeast: 5}', 5],
  ['sum over 30 d', '{on: view, sum: amount, within: 30d, atLeast: 100}', 20],
  ['latest value', '{on: view, latest: dma_name, is: Detroit}', 1],
  [
    'all of: 5 in 7 d, latest value, not matched',
    '{all: [{on: view, within: 7d, atLeast: 5}, {on: view, latest: dma_name, is: Detroit}, ' +
      '{not: {on: deal, within: 30d}}]}',
    5,
  ],
];

function measure(member: string, events: number) {
  const source = `{id: detroit-sofa-hunters, key: user_id, member: ${member}}`;
  const entry = {
    id: 'detroit-sofa-hunters', kind: 'segment' as const, digest: '0123456789abcdef', enabled: true, since: 0,
  };
  const { definitions } = compileDefinitions([{ source, entry }], {
    revision: 1,
    catalogue: EMPTY_CATALOGUE,
    functions: STANDARD_FUNCTIONS,
    chatTypes: [],
    previous: null,
  });
  const programs = createPrograms(defaultConfiguration(), { places: null, understand: null });
  const run = createVirtualRun(programs, definitions, { topic: 'measure', lateness: 0 });
  for (let round = 0; round < events; round++) {
    const time = START + round * GAP_MS;
    const records = Array.from({ length: MEMBERS }, (_, user) => {
      const fields = {
        type: 'view', time, id: `${user}/${round}`, user_id: `u${10_000_000 + user}`,
        listing_id: `l${(user * 31 + round) % 100_000}`, amount: 10, dma_name: 'Detroit',
      };
      return {
        timestamp: time, key: null, value: Buffer.from(JSON.stringify(fields)), headers: null,
      };
    });
    run.feed(records, time);
  }
  let members = 0;
  let value = 0;
  let names = 0;
  const memory = run.memory(1);
  for (const key of memory.keys()) {
    for (const [owner, slot] of memory.slots(key)) {
      if (!owner.startsWith('s/') || slot.value === null || !heldListed(slot.value)) continue;
      members++;
      value += slot.value.length;
      names += key.length + owner.length;
    }
  }
  return { members, value: value / members, names: names / members };
}

console.log('bytes a member: value, and key with owner; for 100 million members');
for (const [name, member, events] of SHAPES) {
  const { members, value, names } = measure(member, events);
  const total = ((value + names) * 1e8) / 2 ** 30;
  console.log(
    `${name.padEnd(45)} ${value.toFixed(0).padStart(5)} + ${names.toFixed(0)}` +
      `  ${total.toFixed(0).padStart(4)} GiB  (${members} measured)`,
  );
}
