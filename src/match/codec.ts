import { ParleyError } from '../event/errors.ts';
import type { Contiguity } from '../pattern/definition.ts';
import type { Taken } from './capture.ts';
import { packEvent, unpackEvent } from './event-codec.ts';
import { Packer, Unpacker } from './pack.ts';
import type { LoopNode, Node, NotBetween, OnNode, Plan } from './plan.ts';
import type { Run, Runs } from './process-matcher.ts';
import {
  all, any, every, guarded, limit, loop, not, notFor, on, seq, span, until, wait,
} from './state-of.ts';
import { ENDED, STOPPED } from './state.ts';
import type { After, Guard, Result, State } from './state.ts';

/**
 * State of a key as bytes: a MessagePack array by position. What was taken is a table, written
 * once however many branches share it; states refer to it by row. Times count from `base`.
 */
export function encodeRuns(plan: Plan, runs: Runs): Uint8Array {
  return new Encoder(plan).runs(runs);
}

/** Throws `PARLEY_STATE_FORMAT` where the bytes are damaged or of another definition. */
export function decodeRuns(plan: Plan, bytes: Uint8Array): Runs {
  try {
    return new Decoder(plan, bytes).runs();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw unreadable(plan, 'the bytes are damaged', cause);
  }
}

const CONTIGUITIES: readonly Contiguity[] = ['strict', 'relaxed', 'any'];
const PROCESS_FORMAT = 0;
const STOPPED_TAG = 0;
const GUARDED_TAG = 1;
const PLAIN_TAG = 2;

class Encoder {
  private readonly plan: Plan;
  private readonly packer = new Packer();
  private readonly rows: Taken[] = [];
  private readonly row = new Map<Taken, number>();
  private base = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  runs(runs: Runs): Uint8Array {
    for (const run of runs.runs) this.collect(run.state);
    for (const match of runs.completed) this.collectTaken(match.taken);
    this.base = this.rows[0]?.event.time ?? (Number.isFinite(runs.last) ? runs.last : 0);
    const { packer } = this;
    packer.array(8);
    packer.number(PROCESS_FORMAT);
    packer.binary(digestBytes(this.plan.definition.digest));
    packer.number(this.base);
    packer.number(runs.order);
    packer.json(runs.begun);
    this.time(runs.last);
    packer.array(this.rows.length);
    for (const taken of this.rows) this.taken(taken);
    packer.array(runs.runs.length + runs.completed.length);
    for (const run of runs.runs) {
      packer.array(2);
      packer.number(run.start);
      this.state(run.state);
    }
    for (const match of runs.completed) {
      packer.array(4);
      packer.number(match.start);
      this.ref(match.taken);
      this.time(match.at);
      this.time(match.deadline ?? Infinity);
    }
    return packer.take();
  }

  private collectTaken(taken: Taken | null): void {
    if (taken === null || this.row.has(taken)) return;
    this.collectTaken(taken.before);
    this.row.set(taken, this.rows.length);
    this.rows.push(taken);
  }

  private collectGuard(guard: Guard): void {
    if (guard.kind === 'not') this.collect(guard.of);
    else this.collectTaken(guard.taken);
  }

  private collectResult({ taken, guards }: Result): void {
    this.collectTaken(taken);
    guards.forEach((guard) => this.collectGuard(guard));
  }

  private collect(state: After): void {
    if (state === ENDED || state.kind === 'stopped') return;
    if ('taken' in state) this.collectTaken(state.taken);
    switch (state.kind) {
      case 'guarded':
        state.guards.forEach((guard) => this.collectGuard(guard));
        this.collect(state.of);
        break;
      case 'seq':
        state.branches.forEach(({ of }) => this.collect(of));
        break;
      case 'loop':
        for (const { of, taken } of state.branches) {
          this.collectTaken(taken);
          this.collect(of);
        }
        break;
      case 'all':
        for (const { of, results } of state.operands) {
          results.forEach((result) => this.collectResult(result));
          this.collect(of);
        }
        break;
      case 'any':
        state.operands.forEach((of) => this.collect(of));
        break;
      case 'every':
        state.instances.forEach((of) => this.collect(of));
        break;
      case 'until':
        this.collectTaken(state.start);
        this.collectTaken(state.base);
        this.collect(state.of);
        this.collect(state.stop);
        break;
      case 'notFor':
      case 'not':
      case 'span':
      case 'limit':
        this.collect(state.of);
        break;
      case 'on':
      case 'wait':
        break;
    }
  }

  /** Row, or -1 for nothing. */
  private ref(taken: Taken | null): void {
    this.packer.number(taken === null ? -1 : (this.row.get(taken) ?? -1));
  }

  /** Relative to `base`; nil for never. */
  private time(at: number): void {
    if (Number.isFinite(at)) this.packer.number(at - this.base);
    else this.packer.nil();
  }

  private taken({ before, node, event, order }: Taken): void {
    const { packer } = this;
    packer.array(4);
    this.ref(before);
    packer.number(node.id);
    packer.number(order);
    packEvent(packer, event, node, this.base);
  }

  private guards(guards: readonly Guard[]): void {
    this.packer.array(guards.length);
    for (const guard of guards) {
      this.packer.array(guard.kind === 'not' ? 2 : 3);
      this.packer.number(guard.node.id);
      if (guard.kind === 'not') this.state(guard.of);
      else {
        this.ref(guard.taken);
        this.packer.number(guard.base);
      }
    }
  }

  private state(state: After): void {
    const { packer } = this;
    if (state === ENDED) {
      packer.nil();
      return;
    }
    switch (state.kind) {
      case 'stopped':
        packer.array(1);
        packer.number(STOPPED_TAG);
        return;
      case 'guarded':
        packer.array(4);
        packer.number(GUARDED_TAG);
        this.guards(state.guards);
        this.state(state.of);
        this.ref(state.taken);
        return;
      case 'on':
        this.on(state);
        return;
      default:
        packer.array(1 + PARTS[state.kind]);
        packer.number(PLAIN_TAG);
        this.parts(state);
    }
  }

  /** The most frequent state is one number where nothing about it is special. */
  private on(state: State & { kind: 'on' }): void {
    if (state.contiguity === state.node.contiguity && state.base === 0) {
      this.ref(state.taken);
      return;
    }
    this.packer.array(1 + PARTS.on);
    this.packer.number(PLAIN_TAG);
    this.ref(state.taken);
    this.packer.number(CONTIGUITIES.indexOf(state.contiguity));
    this.packer.number(state.base);
  }

  private parts(state: Exclude<State, { kind: 'stopped' | 'guarded' | 'on' }>): void {
    const { packer } = this;
    if ('taken' in state) this.ref(state.taken);
    switch (state.kind) {
      case 'seq':
        packer.array(state.branches.length * 2);
        for (const { step, of } of state.branches) {
          packer.number(step);
          this.state(of);
        }
        return;
      case 'all':
        packer.json(state.strict);
        packer.array(state.operands.length * 2);
        for (const { of, results } of state.operands) {
          this.state(of);
          packer.array(results.length * 2);
          for (const { taken, guards } of results) {
            this.ref(taken);
            this.guards(guards);
          }
        }
        return;
      case 'any':
        packer.array(state.operands.length);
        for (const of of state.operands) this.state(of);
        return;
      case 'every':
        packer.array(state.instances.length);
        for (const of of state.instances) this.state(of);
        return;
      case 'wait':
        this.time(state.due);
        return;
      case 'notFor':
        this.time(state.deadline);
        this.state(state.of);
        return;
      case 'not':
        this.state(state.of);
        return;
      case 'loop':
        packer.number(state.contiguity === null ? -1 : CONTIGUITIES.indexOf(state.contiguity));
        packer.number(state.base);
        packer.array(state.branches.length * 4);
        for (const { rounds, of, taken, gap } of state.branches) {
          packer.number(rounds);
          this.state(of);
          this.ref(taken);
          this.time(gap);
        }
        return;
      case 'until':
        packer.number(state.rounds);
        this.ref(state.start);
        this.ref(state.base);
        this.state(state.of);
        this.state(state.stop);
        return;
      case 'span':
        this.time(state.deadline);
        this.state(state.of);
        return;
      case 'limit':
        this.time(state.deadline);
        packer.number(Number.isFinite(state.left) ? state.left : -1);
        this.state(state.of);
        return;
    }
  }
}

/** Values after the tag, by kind. */
const PARTS = {
  on: 3, seq: 1, all: 3, any: 1, every: 2, wait: 2, notFor: 3, not: 2, loop: 3, until: 6, span: 3,
  limit: 4,
} as const;

class Decoder {
  private readonly plan: Plan;
  private readonly unpacker: Unpacker;
  private readonly rows: Taken[] = [];
  private base = 0;

  constructor(plan: Plan, bytes: Uint8Array) {
    this.plan = plan;
    this.unpacker = new Unpacker(bytes);
  }

  runs(): Runs {
    const { unpacker } = this;
    if (unpacker.array() !== 8 || unpacker.number() !== PROCESS_FORMAT) {
      throw unreadable(this.plan, 'the format is unknown', null);
    }
    const digest = digestText(unpacker.binary());
    if (digest !== this.plan.definition.digest) {
      throw unreadable(this.plan, `it belongs to the definition ${digest}`, null);
    }
    this.base = unpacker.number();
    const order = unpacker.number();
    const begun = unpacker.json() === true;
    const last = this.time(-Infinity);
    for (let left = unpacker.array(); left > 0; left--) this.rows.push(this.taken());
    const runs: Runs = { order, runs: [], completed: [], begun, last, grown: 0 };
    for (let left = unpacker.array(); left > 0; left--) this.entry(runs);
    return runs;
  }

  private entry(runs: Runs): void {
    const { unpacker } = this;
    const length = unpacker.array();
    const start = unpacker.number();
    if (length === 2) {
      const state = this.state(this.plan.root);
      if (state !== ENDED) runs.runs.push({ start, state } satisfies Run);
      return;
    }
    const taken = this.ref();
    const at = this.time(Infinity);
    const deadline = this.time(Infinity);
    runs.completed.push({ start, taken, at, deadline: deadline === Infinity ? null : deadline });
  }

  private ref(): Taken | null {
    const row = this.unpacker.number();
    return row === -1 ? null : this.at(row);
  }

  private at(row: number): Taken {
    const taken = this.rows[row];
    if (taken === undefined) throw new RangeError('a row is missing');
    return taken;
  }

  private time(never: number): number {
    return this.unpacker.nil() ? never : this.unpacker.number() + this.base;
  }

  private taken(): Taken {
    const { unpacker } = this;
    unpacker.array();
    const before = this.ref();
    const node = this.node(unpacker.number()) as OnNode;
    const order = unpacker.number();
    const event = unpackEvent(unpacker, node, this.base);
    return { before, node, event, order, count: before === null ? 1 : before.count + 1 };
  }

  private node(id: number): Node | NotBetween {
    const node = this.plan.nodes[id];
    if (node === undefined) throw new RangeError('a step is missing');
    return node;
  }

  private guards(): Guard[] {
    const { unpacker } = this;
    return Array.from({ length: unpacker.array() }, (): Guard => {
      const length = unpacker.array();
      const node = this.node(unpacker.number());
      if (length === 3) {
        return { kind: 'greedy', node: node as LoopNode, taken: this.ref(), base: unpacker.number() };
      }
      const between = node as NotBetween;
      return { kind: 'not', node: between, of: this.live(between.of) };
    });
  }

  private live(node: Node): State {
    const state = this.state(node);
    if (state === ENDED) throw new RangeError('a state is missing');
    return state;
  }

  private state(given: Node): After {
    const { unpacker } = this;
    const node = given.kind === 'optional' ? given.of : given;
    if (unpacker.nil()) return ENDED;
    if (unpacker.isNumber) {
      const simple = node as OnNode;
      return on(simple, this.ref(), simple.contiguity, 0);
    }
    unpacker.array();
    switch (unpacker.number()) {
      case STOPPED_TAG:
        return STOPPED;
      case GUARDED_TAG: {
        const guards = this.guards();
        const of = this.live(node);
        return guarded(guards, of, this.ref());
      }
      default:
        return this.parts(node);
    }
  }

  private parts(node: Node): State {
    const { unpacker } = this;
    switch (node.kind) {
      case 'on': {
        const taken = this.ref();
        const contiguity = CONTIGUITIES[unpacker.number()] ?? 'relaxed';
        return on(node, taken, contiguity, unpacker.number());
      }
      case 'seq':
        return seq(node, Array.from({ length: unpacker.array() / 2 }, () => {
          const step = unpacker.number();
          const next = node.steps[step];
          if (next === undefined) throw new RangeError('a step is missing');
          return { step, of: this.live(next) };
        }));
      case 'all': {
        const taken = this.ref();
        const strict = unpacker.json() === true;
        unpacker.array();
        return all(node, taken, strict, node.of.map((operand) => {
          const of = this.state(operand);
          const results = Array.from({ length: unpacker.array() / 2 }, (): Result => {
            const result = this.ref();
            return { taken: result, guards: this.guards() };
          });
          return { of, results };
        }));
      }
      case 'any':
        unpacker.array();
        return any(node, node.of.map((operand) => this.state(operand)));
      case 'every': {
        const taken = this.ref();
        return every(node, taken, Array.from({ length: unpacker.array() }, () => this.live(node.of)));
      }
      case 'wait': {
        const taken = this.ref();
        return wait(node, taken, this.time(Infinity));
      }
      case 'notFor': {
        const taken = this.ref();
        const deadline = this.time(Infinity);
        return notFor(node, taken, deadline, this.state(node.of));
      }
      case 'not': {
        const taken = this.ref();
        return not(node, taken, this.state(node.of));
      }
      default:
        return this.around(node);
    }
  }

  private around(node: Exclude<Node, { kind: 'on' | 'seq' | 'all' | 'any' | 'every' | 'wait' | 'notFor' | 'not' }>): State {
    const { unpacker } = this;
    switch (node.kind) {
      case 'loop': {
        const contiguity = CONTIGUITIES[unpacker.number()] ?? null;
        const base = unpacker.number();
        const branches = Array.from({ length: unpacker.array() / 4 }, () => {
          const rounds = unpacker.number();
          const of = this.live(node.of);
          const taken = this.ref();
          return { rounds, of, taken, gap: this.time(Infinity) };
        });
        return loop(node, contiguity, branches, base);
      }
      case 'until': {
        const taken = this.ref();
        const rounds = unpacker.number();
        const start = this.ref();
        const base = this.ref();
        const of = this.state(node.of);
        return until(node, rounds, start, taken, base, of, this.live(node.stop));
      }
      case 'span': {
        const taken = this.ref();
        const deadline = this.time(Infinity);
        return span(node, taken, deadline, this.live(node.of));
      }
      case 'limit': {
        const taken = this.ref();
        const deadline = this.time(Infinity);
        const left = unpacker.number();
        return limit(node, taken, deadline, left === -1 ? Infinity : left, this.live(node.of));
      }
      case 'optional':
        throw new RangeError('an optional step has no state of its own');
    }
  }
}

/** The digest as bytes: pairs of hex digits. */
export function digestBytes(digest: string): Uint8Array {
  return Uint8Array.from({ length: digest.length / 2 }, (_, i) => Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16));
}

export function digestText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function unreadable(plan: Plan, why: string, cause: unknown): ParleyError {
  const { id, version, digest } = plan.definition;
  return new ParleyError(
    'PARLEY_STATE_FORMAT', `State of pattern ${id} version ${version} (${digest}) cannot be read: ${why}.`,
    { details: { pattern: id, version, digest }, cause },
  );
}
