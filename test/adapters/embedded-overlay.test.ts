import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, viewOf } from '../../src/event/bytes.ts';
import { Overlay, type PendingChange } from '../../src/adapters/embedded/thread/overlay.ts';
import type { DueTimer } from '../../src/ports/state-store.ts';
import { encodeStateValue } from '../../src/task/state-value.ts';

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

  test('timers are those of the rows once the changes stand there, page by page', () => {
    const keys = fc.constantFrom('a', 'b', '\uffff', '\u{1f600}');
    const owners = fc.constantFrom('seen', 'p/a/1');
    const times = fc.option(fc.integer({ min: 0, max: 5 }));
    const timed = fc.array(fc.tuple(keys, owners, times), { maxLength: 12 });
    const bytes = (text: string) => Buffer.from(text);
    const sorted = (list: DueTimer[]) =>
      list.sort((a, b) => a.due - b.due || bytes(a.key).compare(bytes(b.key)) || bytes(a.owner).compare(bytes(b.owner)));
    const timers = (held: Map<string, DueTimer | null>) => sorted([...held.values()].filter((one) => one !== null));
    fc.assert(
      fc.property(timed, timed, fc.nat(3), fc.nat(6), (rows, changes, from, until) => {
        const held = new Map<string, DueTimer | null>();
        const put = (list: typeof rows) => {
          for (const [key, owner, due] of list) held.set(`${key} ${owner}`, due === null ? null : { due, key, owner });
        };
        put(rows);
        const inRows = timers(held);
        put(changes);
        const overlay = new Overlay();
        overlay.put(
          changes.map(([key, owner, due], offset) => {
            const value = offset % 3 === 0 && due === null ? null : encodeStateValue({ due, listed: false }, bytes('x'));
            return { key, owner, value, offset };
          }),
        );
        const wanted = timers(held).filter(({ due }) => due >= from && due < until);
        const seen: DueTimer[] = [];
        for (let after: DueTimer | null = null; ; ) {
          const at = after;
          const left = inRows.filter((one) => one.due >= from && one.due < until);
          const behind = at === null ? left : left.filter((one) => sorted([at, one])[1] === one && !isEqual(one, at));
          const page = overlay.mergeDue(behind, { from, until, after, limit: 2 });
          seen.push(...page);
          after = page[1] ?? null;
          if (after === null) break;
        }
        expect(seen).toEqual(wanted);
      }),
    );
  });
});

function isEqual(a: DueTimer, b: DueTimer): boolean {
  return a.due === b.due && a.key === b.key && a.owner === b.owner;
}
