import { describe, expect, it } from 'vitest';
import { check, runTests } from './support.ts';

/** What a condition sees in each place, through the matcher: each file passes its own test. */
function fails(file: string): string[] {
  const checked = check(`id: a\nkey: k\nwithin: 1h\n${file}`);
  expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return [...new Set(runTests(checked).flatMap((result) => result.failures))];
}

describe('what a name holds', () => {
  it('in a loop of its own: what was taken before the event being tried', () => {
    expect(
      fails(`
steps:
  - {as: n, on: a, times: 3, where: event.i == size(n)}
emit: {type: out, data: {all: "\${n.map(e, e.i)}"}}
tests:
  - name: t
    given: [{at: 0s, type: a, k: 1, i: 0}, {at: 1s, type: a, k: 1, i: 1}, {at: 2s, type: a, k: 1, i: 2}]
    expect: [{type: out, data: {all: [0, 1, 2]}}]
`),
    ).toEqual([]);
  });

  it('in a repeating group: earlier rounds, and of this one the steps before', () => {
    expect(
      fails(`
steps:
  - group:
      - {as: p, on: a, where: size(p) == size(q) && event.i == size(p)}
      - {as: q, on: b, where: size(p) == size(q) + 1 && last(p).i == event.i}
    times: 2
emit: {type: out, data: {p: "\${size(p)}", q: "\${size(q)}"}}
tests:
  - name: t
    given:
      - {at: 0s, type: a, k: 1, i: 0}
      - {at: 1s, type: b, k: 1, i: 0}
      - {at: 2s, type: a, k: 1, i: 1}
      - {at: 3s, type: b, k: 1, i: 1}
    expect: [{at: 3s, type: out, data: {p: 2, q: 2}}]
`),
    ).toEqual([]);
  });

  it('of a branch that was not taken: nothing', () => {
    expect(
      fails(`
steps:
  - any: [{as: x, on: a}, {as: y, on: b}]
  - {on: c, where: size(x) == 0 && y.i == event.i}
emit: {type: out, data: {x: "\${x.i}", y: "\${y.i}"}}
tests:
  - name: t
    given: [{at: 0s, type: b, k: 1, i: 7}, {at: 1s, type: c, k: 1, i: 7}]
    expect: [{type: out, data: {x: null, y: 7}}]
`),
    ).toEqual([]);
  });

  it('of an optional step that was left out: nothing', () => {
    expect(
      fails(`
steps:
  - a
  - {as: o, on: b, optional: true}
  - {on: c, where: "!has(o.i)"}
emit: out
tests:
  - name: t
    given: [{at: 0s, type: a, k: 1}, {at: 1s, type: c, k: 1}]
    expect: [{type: out}]
`),
    ).toEqual([]);
  });

  it('on an any of single events: the one that came', () => {
    expect(
      fails(`
steps:
  - {as: first, any: [{on: a, where: event.i > 1}, b]}
  - {on: c, where: kind(first) == "b" && at(event) - at(first) == duration("2s")}
emit: {type: out, data: {kind: "\${kind(first)}", iso: "\${iso(at(first))}"}}
tests:
  - name: t
    given: [{at: 1s, type: b, k: 1}, {at: 3s, type: c, k: 1}]
    expect: [{type: out, data: {kind: b, iso: "2026-01-01T00:00:01.000Z"}}]
`),
    ).toEqual([]);
  });

  it('in a not: names of before, and its own inside', () => {
    expect(
      fails(`
steps:
  - {as: x, on: a}
  - {not: {group: [{as: y, on: b, where: event.i == x.i}, {on: b, where: event.i == y.i}]}}
  - c
emit: out
tests:
  - name: two of the same forbid it
    given: [{at: 0s, type: a, k: 1, i: 1}, {at: 1s, type: b, k: 1, i: 1}, {at: 2s, type: b, k: 1, i: 1}, {at: 3s, type: c, k: 1}]
    expect: []
  - name: two others do not
    given: [{at: 0s, type: a, k: 1, i: 1}, {at: 1s, type: b, k: 1, i: 2}, {at: 2s, type: b, k: 1, i: 1}, {at: 3s, type: c, k: 1}]
    expect: [{type: out}]
`),
    ).toEqual([]);
  });

  it('in until conditions: the loop so far, and any event of the pattern', () => {
    expect(
      fails(`
steps:
  - {as: n, on: a, times: 1+, until: size(n) >= 2 || kind(event) == "b"}
  - c
skip: past-last
emit: {type: out, data: {n: "\${size(n)}"}}
tests:
  - name: closed by its size
    given:
      - {at: 0s, type: a, k: 1}
      - {at: 1s, type: a, k: 1}
      - {at: 2s, type: a, k: 1}
      - {at: 3s, type: c, k: 1}
    expect: [{type: out, data: {n: 2}}]
    until: 2h
`),
    ).toEqual([]);
  });
});
