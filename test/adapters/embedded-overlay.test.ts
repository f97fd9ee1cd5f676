import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, viewOf } from '../../src/event/bytes.ts';
import { Overlay, type PendingChange } from '../../src/adapters/embedded/overlay.ts';

const change = fc.record<Omit<PendingChange, 'offset'>>({
  key: fc.constantFrom('user_id=u1', 'user_id=u2', 'conversation_id=ğ', ''),
  owner: fc.constantFrom('seen', 'p/a/1', 'dialogue'),
  value: fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    ),
  ),
});
const commits = fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 12 });
/** Offsets need more than 32 bits. */
const offsets = fc.constantFrom(0, 2 ** 31 - 4, 2 ** 32 - 4, 2 ** 41);

describe('changes on their way to the rows', () => {
  test('are what a plain map of the last changes holds', () => {
    fc.assert(
      fc.property(commits, offsets, fc.boolean(), (list, first, cleared) => {
        const overlay = new Overlay();
        /** The slow, obvious twin: the last change by key and owner. */
        const twin = new Map<string, PendingChange>();
        let offset = first;
        for (const commit of cleared ? [...list, ...list] : list) {
          const changes = commit.map((one) => ({ ...one, offset: offset++ }));
          overlay.put(changes);
          for (const one of changes) twin.set(`${one.key} ${one.owner}`, one);
          if (cleared && offset % 5 === 0) {
            overlay.clear();
            twin.clear();
          }
        }
        expect(overlay.size).toBe(twin.size);
        const plain = (one: PendingChange) => [one.key, one.owner, one.offset, one.value === null ? null : [...viewOf(one.value)]];
        const sorted = [...overlay.sorted()];
        expect(sorted.map(plain).sort()).toEqual([...twin.values()].map(plain).sort());
        expect(sorted.map(({ key }) => key)).toEqual(sorted.map(({ key }) => key).sort());
        const rows = ['seen', 'p/b/2'].map((owner) => ({ owner, value: Buffer.from('row') as Uint8Array }));
        for (const key of ['user_id=u1', 'conversation_id=ğ', 'user_id=u3']) {
          const held = new Map<string, Bytes | null>(rows.map((row) => [row.owner, row.value]));
          for (const one of twin.values()) if (one.key === key) held.set(one.owner, one.value);
          const wanted = [...held].filter(([, value]) => value !== null);
          const merged = overlay.merge(key, rows).map(({ owner, value }) => [owner, [...value]]);
          expect(merged.sort()).toEqual(wanted.map(([owner, value]) => [owner, [...viewOf(value!)]]).sort());
        }
      }),
    );
  });
});
