import { ParleyError } from '../event/errors.ts';
import type { Event } from '../event/event.ts';
import { digestBytes, digestText, unreadable } from './codec.ts';
import type { LinearPlan, LinearStep } from './linear-plan.ts';
import { append, emptyRuns, valueAt } from './linear-runs.ts';
import type { LinearRun, LinearRuns } from './linear-runs.ts';
import { packEvent, unpackEvent } from './event-codec.ts';
import { Packer, Unpacker } from './pack.ts';

const LINEAR_FORMAT = 1;
const PACKER = new Packer(4_096);

/**
 * State of a key as bytes: a MessagePack array by position. Times count from the first event. An
 * event that several runs took is written with the first of them; the others refer to it.
 */
export function encodeLinear(plan: LinearPlan, runs: LinearRuns): Uint8Array {
  const base = runs.head?.first.time ?? runs.completed[0]?.run.first.time ?? 0;
  PACKER.reset();
  PACKER.array(5);
  PACKER.number(LINEAR_FORMAT);
  PACKER.binary(digestBytes(plan.plan.definition.digest));
  PACKER.number(base);
  PACKER.number(runs.order);
  PACKER.array(runs.size + runs.completed.length);
  const written = new Map<Event, number>();
  for (let run = runs.head; run !== null; run = run.next) {
    PACKER.array(4);
    packRun(plan, run, base, written);
  }
  for (const { run, at, deadline, last } of runs.completed) {
    PACKER.array(7);
    packRun(plan, run, base, written);
    PACKER.number(at - base);
    if (deadline === null) PACKER.nil();
    else PACKER.number(deadline - base);
    PACKER.number(last);
  }
  return PACKER.take();
}

function packRun(plan: LinearPlan, run: LinearRun, base: number, written: Map<Event, number>): void {
  PACKER.number(run.start);
  PACKER.number(run.position);
  PACKER.number(run.rounds);
  PACKER.array(1 + (run.rest?.length ?? 0));
  plan.steps.forEach((step, position) => {
    const value = valueAt(run, position);
    if (value === undefined) return;
    if (!step.loop) packTaken(step, value as Event, base, written);
    else {
      PACKER.array((value as Event[]).length);
      for (const event of value as Event[]) packTaken(step, event, base, written);
    }
  });
}

function packTaken(step: LinearStep, event: Event, base: number, written: Map<Event, number>): void {
  const known = written.get(event);
  if (known !== undefined) {
    PACKER.number(known);
    return;
  }
  written.set(event, written.size);
  packEvent(PACKER, event, step.on, base);
}

/** Throws `PARLEY_STATE_FORMAT` where the bytes are damaged or of another definition. */
export function decodeLinear(plan: LinearPlan, bytes: Uint8Array): LinearRuns {
  try {
    return new Decoder(plan, bytes).runs();
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw unreadable(plan.plan, 'the bytes are damaged', cause);
  }
}

class Decoder {
  private readonly plan: LinearPlan;
  private readonly unpacker: Unpacker;
  private readonly events: Event[] = [];
  private base = 0;

  constructor(plan: LinearPlan, bytes: Uint8Array) {
    this.plan = plan;
    this.unpacker = new Unpacker(bytes);
  }

  runs(): LinearRuns {
    const { unpacker } = this;
    if (unpacker.array() !== 5 || unpacker.number() !== LINEAR_FORMAT) {
      throw unreadable(this.plan.plan, 'the format is unknown', null);
    }
    const digest = digestText(unpacker.binary());
    if (digest !== this.plan.plan.definition.digest) {
      throw unreadable(this.plan.plan, `it belongs to the definition ${digest}`, null);
    }
    this.base = unpacker.number();
    const runs = emptyRuns();
    runs.order = unpacker.number();
    for (let left = unpacker.array(); left > 0; left--) this.entry(runs);
    return runs;
  }

  private entry(runs: LinearRuns): void {
    const { unpacker } = this;
    const length = unpacker.array();
    const run = this.run();
    if (length === 4) append(runs, run);
    else {
      const at = unpacker.number() + this.base;
      const deadline = unpacker.nil() ? null : unpacker.number() + this.base;
      runs.completed = [...runs.completed, { run, at, deadline, last: unpacker.number() }];
    }
  }

  private run(): LinearRun {
    const { unpacker } = this;
    const start = unpacker.number();
    const position = unpacker.number();
    const rounds = unpacker.number();
    const length = unpacker.array();
    const values = Array.from({ length }, (_, step) => this.value(step));
    const [first, ...rest] = values;
    if (first === undefined || Array.isArray(first)) throw new RangeError('an event is missing');
    return { start, position, rounds, first, rest: rest.length === 0 ? null : rest, next: null };
  }

  private value(position: number): Event | Event[] {
    const step = this.plan.steps[position];
    if (step === undefined) throw new RangeError('a step is missing');
    if (!step.loop) return this.taken(step);
    return Array.from({ length: this.unpacker.array() }, () => this.taken(step));
  }

  private taken(step: LinearStep): Event {
    if (this.unpacker.isNumber) {
      const known = this.events[this.unpacker.number()];
      if (known === undefined) throw new RangeError('an event is missing');
      return known;
    }
    const event = unpackEvent(this.unpacker, step.on, this.base);
    this.events.push(event);
    return event;
  }
}
