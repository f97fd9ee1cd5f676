import { describe, expect, it } from 'vitest';
import { problems } from './support.ts';

function file(steps: string, rest = 'within: 1h'): string {
  return `id: a\nkey: k\n${rest}\nsteps: ${steps}\nemit: out\n`;
}

describe('what is allowed and hardly meant', () => {
  it.each([
    ['[{on: a, where: "1 < 2"}]', 'constant-condition: The condition always holds. Leave it out.'],
    ['[{on: a, where: "1 > 2"}]', 'constant-condition: The condition never holds.'],
    [
      '[{on: a, where: event.x == 1 && event.x == 2}]',
      'never holds: what it wants of event.x excludes itself',
    ],
    ['[a, {not: b, where: "true"}, c]', '4:28 constant-condition: The condition always holds.'],
    ['[{on: a, times: 2+, until: "false"}, b]', 'constant-condition: The condition never holds.'],
    ['[{all: [{not: a}, {not: b}]}, c]', 'Nothing but `not` in "all"'],
    [
      '[{any: [a, {on: a, where: event.x == 1}]}]',
      'unreachable: This branch is never taken: steps[0].any[0]',
    ],
    ['[a, {not: b}, b]', 'unreachable: This step is never reached'],
    [
      '[a, {not: b, contiguity: strict}, {on: b, contiguity: strict}]',
      'unreachable: This step is never reached',
    ],
    [
      '[{as: x, on: a}, {as: y, on: b, where: y.user == event.user}]',
      'The condition holds for every event.user: it leaves none out. Compare it with what an earlier step took. In this step "y" is the event itself.',
    ],
    ['[{on: a, where: event.x > 3 || event.x <= 3}]', 'it leaves none out. Did you mean &&?'],
    ['[{on: a, times: 2+}, {not: b}, c]', 'negation-after-loop'],
    ['[{on: a, times: 2+, greedy: true}, {on: a, where: event.x == 1}]', 'greedy-dead-end'],
    ['[{on: a, times: 2+, greedy: true}, {not: b}, {on: a, where: event.x == 1}]', 'greedy-dead-end'],
    ['[a, {all: [{not: b}, {on: b, where: event.x == 1}]}]', 'This operand never comes true'],
    [
      '[a, {not: b, for: 1h}]',
      'unreachable: It ends after 1h, when the window of the pattern is already over.',
    ],
    [
      '[{on: a, where: kind(event) == "b"}]',
      'never holds: what it wants of kind(event) excludes itself. Here it is a.',
    ],
    ['[{as: x, on: a, where: kind(x) == "b"}]', 'never holds: what it wants of kind(event)'],
    ['[{on: [a, b], where: kind(event) != "a" && kind(event) != "b"}]', 'never holds'],
    ['[{on: a, where: kind(event) == "a"}]', 'holds for every kind(event)'],
    [
      '[{as: l, on: a, times: 1..2}, {on: b, where: size(l) > 3}]',
      'never holds: what it wants of size(l) excludes itself. Here it is 1 to 2.',
    ],
    ['[{as: l, on: a, times: 1..2}, {on: b, where: size(l) > 0}]', 'holds for every size(l)'],
    ['[{as: l, on: a, times: 1..2, where: size(l) > 1}]', 'never holds: what it wants of size(l)'],
    [
      '[{as: x, on: a}, {as: y, on: a}, {on: b, where: x.v > y.v && y.v > x.v}]',
      'never holds: what it wants of x.v and y.v excludes itself. Did you mean ||?',
    ],
    [
      '[{on: a, where: event.x == "three" && event.x > 3}]',
      'never holds: what it wants of event.x excludes itself',
    ],
    ['[{on: a, where: event.x > "b" && event.x > 3}]', 'never holds'],
    [
      '[{on: a, times: 2+, until: {on: a}}, b]',
      'unreachable: Every event that the loop could take ends it: it takes nothing.',
    ],
    ['[{on: a, times: 2+, until: kind(event) == "a"}, b]', 'holds for every kind(event)'],
    ['[{on: a, times: 2, greedy: true}, b]', 'greedy-dead-end: A loop of one length is over'],
    [
      '[{on: a, optional: true}, {on: b, times: 0+}, {not: c}]',
      '4:8 combination: Every step may be left out: any single event that one of them takes is a match. Make one step not optional.',
    ],
    ['[{group: [{on: a, optional: true}]}, {all: [{on: b, optional: true}, {not: c}]}]', 'Every step may be left out'],
    ['[a, {group: [{on: b, optional: true}], times: 2+}, c]', '4:54 combination: A round may take nothing'],
    [
      '[a, {any: [b, {not: c}]}]',
      '4:22 combination: No step comes after this alternative, so it is true at once, and the whole with it. Say for how long: add "for: 24h" to it.',
    ],
    ['[a, {any: [b, {on: c, optional: true}]}, d]', '4:22 combination: This alternative may take nothing'],
  ])('%s', (steps, message) => {
    expect(problems(file(steps)).join('\n')).toContain(message);
  });

  it.each([
    ['[a, b]', 'unbounded: A run that has begun waits for this step for ever'],
    ['[{on: a, times: 1+}]', 'unbounded: A loop without an upper end'],
    ['[a, {not: b, for: 1h, else: restart}]', 'unbounded'],
  ])('%s without a window', (steps, message) => {
    expect(problems(file(steps, 'version: 1')).join('\n')).toContain(message);
  });

  it.each([
    ['[{as: x, on: a}, {not: b, for: 1h}]', 'version: 1'],
    ['[{every: a}, {on: b, within: 1h}]', 'starts: once'],
    ['[{every: [a, b]}]', 'starts: once'],
    ['[{every: a, atMost: 2}, b]', 'starts: once'],
    ['[a, {not: b, contiguity: strict}, b]', 'within: 1h'],
    ['[a, {on: b, within: 1h}]', 'version: 1'],
    ['[{on: a, times: 2..3, span: 1h}]', 'version: 1'],
    ['[{on: a, times: 2}, {not: b}, c]', 'within: 1h'],
    ['[{on: a, times: 2..3, inner: strict}, {not: b}, c]', 'within: 1h'],
    ['[{any: [{on: a, where: event.x == 1}, a]}]', 'within: 1h'],
    [
      '[{on: a, times: 2+, greedy: true, where: event.x == 2}, {on: a, where: event.x == 1}]',
      'within: 1h',
    ],
    ['[a, {not: b, where: event.x == 1}, b]', 'within: 1h'],
    ['[{on: a, where: event.x == "three" || event.x > 3}]', 'within: 1h'],
    ['[{on: a, optional: true}, b]', 'within: 1h'],
    ['[{group: [a, {on: b, optional: true}], times: 2+}]', 'within: 1h'],
    ['[a, {any: [b, {group: [c, {on: d, optional: true}]}], optional: true}]', 'within: 1h'],
    ['[a, {any: [b, {not: c}]}, d]', 'within: 1h'],
    ['[a, {any: [b, {not: c, for: 5m}]}]', 'within: 1h'],
    ['[a, {group: [{on: b, optional: true}], times: 0+}, c]', 'within: 1h'],
    ['[{on: a, where: event.x != "three" || event.x <= 3}]', 'within: 1h'],
    ['[{as: l, on: a, times: 1..2}, {on: b, where: size(l) > 1}]', 'within: 1h'],
    ['[{on: [a, b], where: kind(event) == "b"}]', 'within: 1h'],
    ['[{as: x, on: a}, {as: y, on: a}, {on: b, where: x.v > y.v && x.w > y.w}]', 'within: 1h'],
    ['[{on: a, times: 2+, until: {on: a, where: event.x == 1}}, b]', 'within: 1h'],
  ])('nothing is said about %s', (steps, rest) => {
    expect(problems(file(steps, rest))).toEqual([]);
  });

  it('says of a pattern of one event that nothing can run out of time', () => {
    expect(problems(file('[a]', 'within: 1h\ntimeout: late')).join()).toContain(
      'unreachable: A pattern of one event is complete with it',
    );
    expect(problems(file('[{on: a, times: 2}]', 'within: 1h\ntimeout: late'))).toEqual([]);
  });

  it('says of an every that it may take nothing', () => {
    const said = problems(file('[a, {every: {on: b, optional: true}, within: 1h}]', 'starts: once'));
    expect(said.join()).toContain('combination: What is repeated may take nothing');
  });

  it('says where rounds of an every wait for ever', () => {
    expect(problems(file('[{every: a}, b]', 'starts: once')).join()).toContain(
      'unbounded: Each round of the "every" before it waits for this step for ever',
    );
  });

  it('says that a key of none is one partition', () => {
    expect(problems(file('[a]').replace('key: k', 'key: none')).join()).toContain('no-key');
  });

  it('says of a segment that holds for those who did nothing', () => {
    const source = 'id: s\nkey: u\nmember: {not: {on: a, within: 1d}}\n';
    expect(problems(source).join()).toContain('The condition holds for those who did nothing');
  });
});
