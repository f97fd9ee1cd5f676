import { Buffer } from 'node:buffer';
import type { Event, Json } from '../event/event.ts';
import { hash64 } from '../event/hash.ts';
import type { EvaluationError, Frame, Template } from '../expression/expression.ts';
import type { MatchOutput } from '../match/contract.ts';
import type { Emission } from '../pattern/definition.ts';
import type { PatternPlan } from './definitions.ts';
import { derivedId } from './derived-record.ts';
import type { DerivedRecord } from './derived-record.ts';
import { passCandidate } from './gate-stage.ts';
import type { Candidate, QuietWindow } from './gate.ts';
import type { KeyWork } from './key-work.ts';
import { keyValue } from './key.ts';
import { isZone } from './local-time.ts';
import { forwardCandidate, forwardOnward } from './onward.ts';
import { isoTime, withheld } from './side-records.ts';
import { write } from './step-context.ts';
import type { StepContext } from './step-context.ts';

/**
 * Turns a match or time-out into derived records. Returns them as events for the definitions under
 * the key of the run (whatever output key they state); other keys get them over level 2.
 */
export function emit(
  step: StepContext,
  work: KeyWork,
  plan: PatternPlan,
  output: MatchOutput,
): readonly Event[] {
  const { definition } = plan;
  const emissions = output.kind === 'match' ? definition.emit : definition.timeout;
  step.tally.add('parley_matches_total', { pattern: definition.id, kind: output.kind });
  const events: Event[] = [];
  for (const emission of emissions) {
    const rendered = render(step, work, plan, output, emission);
    const event = send(step, work, plan, rendered);
    if (event !== null) events.push(event);
  }
  return events;
}

interface Rendered {
  readonly emission: Emission;
  readonly record: DerivedRecord;
  readonly text: string;
  readonly at: number;
  /** Value of `atMost.by`, null for the key of the run. */
  readonly by: string | null;
  readonly quiet: QuietWindow | null;
}

function render(
  step: StepContext,
  work: KeyWork,
  plan: PatternPlan,
  output: MatchOutput,
  emission: Emission,
): Rendered {
  const { definition } = plan;
  const last = output.evidence.at(-1)?.event ?? null;
  const frame: Frame = {
    event: output.deadline === null ? last : null,
    captures: output.captures,
    now: output.at,
  };
  const onError = (error: EvaluationError) =>
    step.tally.add('parley_clause_errors_total', {
      pattern: definition.id,
      step: 'emit',
      reason: error.error,
    });
  const value = (template: Template | null): Json =>
    template === null ? null : template.render(frame, onError);
  const word = (template: Template | null): string | null => keyValue(value(template));

  const subject = word(emission.key) ?? work.parts.value;
  const recipient = word(emission.recipient) ?? latest(output, 'recipient_id');
  const locale = word(emission.locale) ?? latest(output, 'language');
  const data: { [field: string]: Json } = {};
  for (const field in emission.data) data[field] = value(emission.data[field] as Template);
  const { expiresAfter, quietHours } = emission;
  const record: DerivedRecord = {
    specversion: '1.0',
    id: identify(step, work, plan, output, emission),
    source: `/patterns/${definition.id}`,
    type: emission.type,
    time: isoTime(output.at),
    subject,
    datacontenttype: 'application/json',
    kind: output.kind,
    patternid: definition.id,
    patternversion: definition.version,
    patterndigest: definition.digest,
    setrevision: step.definitions.revision,
    ...(recipient === null ? {} : { recipient }),
    ...(locale === null ? {} : { locale }),
    ...(expiresAfter === null ? {} : { expirytime: isoTime(output.at + expiresAfter) }),
    ...(output.deadline === null ? {} : { deadline: isoTime(output.deadline) }),
    ...(inHoldout(plan, work.text) ? { holdout: true as const } : {}),
    evidence: output.evidence.map(({ step: name, event }) => ({
      step: name,
      id: event.id,
      type: event.type,
      time: isoTime(event.time),
    })),
    data,
  };
  const zone = quietHours === null ? null : word(quietHours.zone);
  const quiet = quietHours === null ? null : quietWindow(step, quietHours, zone);
  const by = word(emission.atMost?.by ?? null);
  return { emission, record, text: JSON.stringify(record), at: output.at, by, quiet };
}

function identify(
  step: StepContext,
  work: KeyWork,
  { definition }: PatternPlan,
  output: MatchOutput,
  { type }: Emission,
): string {
  const identity = {
    pattern: definition.id,
    version: definition.version,
    key: work.parts.value,
    kind: output.kind,
    events: output.evidence.map(({ event }) => event.id),
    type,
    deadline: output.deadline,
    ordinal: 0,
  };
  const first = derivedId(identity);
  const ordinal = step.ordinals.get(first) ?? 0;
  step.ordinals.set(first, ordinal + 1);
  return ordinal === 0 ? first : derivedId({ ...identity, ordinal });
}

/** The field of the last event taken that carries it. */
function latest({ evidence }: MatchOutput, field: string): string | null {
  for (let i = evidence.length - 1; i >= 0; i--) {
    const value = keyValue(evidence[i]?.event.data[field]);
    if (value !== null) return value;
  }
  return null;
}

/** A key is in the holdout of a pattern or not, whatever version and process decides it. */
function inHoldout({ definition }: PatternPlan, key: string): boolean {
  if (definition.holdout <= 0) return false;
  const [low] = hash64(`${definition.id}\n${key}`);
  return (low >>> 0) / 2 ** 32 < definition.holdout;
}

/** Where the receiver's zone is not known, quiet hours are those of the configured zone, or UTC. */
function quietWindow(
  step: StepContext,
  { from, to, then: mode }: NonNullable<Emission['quietHours']>,
  zone: string | null,
): QuietWindow {
  const fallback = step.settings.configuration.intents.zone ?? 'UTC';
  return { from, to, mode, zone: zone !== null && isZone(zone) ? zone : fallback };
}

/** Sends the record on its way; null where it is withheld for good, and nobody may build on it. */
function send(
  step: StepContext,
  work: KeyWork,
  plan: PatternPlan,
  rendered: Rendered,
): Event | null {
  const { emission, record, text, at, by, quiet } = rendered;
  const pattern = plan.definition.id;
  const reason = plan.definition.mode === 'shadow' ? 'shadow' : record.holdout ? 'holdout' : null;
  if (Buffer.byteLength(text) > step.settings.configuration.limits.derivedBytes) {
    step.tally.add('parley_bounds_total', { bound: 'derived_bytes', owner: pattern });
    return null;
  }
  if (reason !== null) {
    step.tally.add('parley_matches_withheld_total', { pattern, reason });
    write(step, withheld(record, reason));
    return null;
  }
  const { atMost, expiresAfter } = emission;
  const candidate: Candidate = {
    pattern,
    type: emission.type,
    at,
    subject: record.subject,
    text,
    expires: expiresAfter === null ? null : at + expiresAfter,
    atMost: atMost === null ? null : { times: atMost.times, per: atMost.per },
    quiet,
  };
  const event = asEvent(record, work, at);
  if (by !== null && atMost !== null) {
    forwardCandidate(step, candidate, by);
  } else if (!passCandidate(step, work, candidate)) {
    return null;
  }
  forwardOnward(step, event, emission.key === null ? null : record.subject);
  return event;
}

/** What other definitions see: the data, the key field of the run and the recipient. */
function asEvent(record: DerivedRecord, { parts }: KeyWork, at: number): Event {
  const data: { [field: string]: Json } = { ...record.data };
  if (parts.name !== null && data[parts.name] === undefined) data[parts.name] = parts.value;
  if (record.recipient !== undefined) data['recipient_id'] ??= record.recipient;
  if (record.locale !== undefined) data['language'] ??= record.locale;
  return { id: record.id, type: record.type, time: at, family: 'derived', data };
}
