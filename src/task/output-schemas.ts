import { z } from 'zod';
import { UNREADABLE_REASONS } from '../event/decode.ts';
import type { OUTPUT_ROLES } from '../event/topics.ts';

/**
 * The records that Parley writes for others, one schema per topic: types, JSON Schema and the
 * contract page (`OUTPUTS.md`, by `outputs-page.ts`) come from here.
 */

const time = (means: string) => z.iso.datetime().describe(`${means}; ISO 8601, UTC.`);
const text = (means: string) => z.string().min(1).describe(means);
const json = z.json();

const cloudEvent = {
  specversion: z.literal('1.0').describe('CloudEvents version.'),
  id: text('Unique. The same record has the same id in every run: dedupe by it.'),
  source: text('What derived it.'),
  type: text('Type of the record.'),
  time: time('Event time: of the last event, or the deadline; not the time of emission'),
  subject: text('The key of the record on its topic.'),
  datacontenttype: z.literal('application/json'),
};

const evidence = z.object({
  step: text('Name of the step, or its path in the pattern file.'),
  id: text('Id of the event it took.'),
  type: text('Type of that event.'),
  time: time('Time of that event'),
});

const derived = z.object({
  ...cloudEvent,
  source: text('`/patterns/<id of the pattern>`.'),
  type: text('What the pattern file emits.'),
  subject: text('The output key: `emit.key`, else the key of the run.'),
  kind: z.enum(['match', 'timeout']).describe('Whether the run matched or its window ended.'),
  patternid: text('Id of the pattern.'),
  patternversion: z.int().describe('Version in the pattern file.'),
  patterndigest: text('Digest of the pattern file: `GET /patterns/<id>` shows it.'),
  setrevision: z.int().describe('Revision of the set of definitions in force.'),
  recipient: z.string().optional().describe('Whom it is for, where an event or the file says.'),
  locale: z.string().optional().describe('Their language, where an event or the file says.'),
  expirytime: time('Of no use after this').optional(),
  deadline: time('The deadline that made it, where time alone did').optional(),
  holdout: z
    .literal(true)
    .optional()
    .describe('The key is in the holdout; such a record stands on `late`, never on `derived`.'),
  evidence: z.array(evidence).describe('Every event taken, in step order: why it fired.'),
  data: z.record(z.string(), json).describe('The fields of `emit.data`.'),
});

const intents = z.object({
  ...cloudEvent,
  id: text('`<message id>#<ordinal>`.'),
  source: z.literal('/intents'),
  type: text('The intent, for instance `price_offer`.'),
  subject: text('The conversation.'),
  locale: z.string().optional().describe('Language of the message.'),
  conversation_id: text('The conversation.'),
  message_id: text('Id of the chat event.'),
  speaker: text('Who said it.'),
  recipient: z.string().nullable().describe('To whom.'),
  listing: z.string().nullable().describe('The listing it is about.'),
  answers: z.string().nullable().describe('Id of the message it answers.'),
  confidence: z.number().min(0).max(1).describe('1 where the event said it itself.'),
  span: z
    .object({ start: z.int(), end: z.int() })
    .nullable()
    .describe('Where in the text, UTF-16 code units, end exclusive; null for a structured intent.'),
  data: z.record(z.string(), json).describe('Properties, for instance amount and currency.'),
});

const cause = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: text('Id of the event.') }),
  z.object({ kind: z.literal('time') }).describe('A window moved.'),
  z.object({ kind: z.literal('segment'), segment: text('The segment that changed.') }),
  z.object({ kind: z.literal('definition') }).describe('Another version of the segment.'),
]);

const segments = z.object({
  ...cloudEvent,
  source: text('`/segments/<id of the segment>`.'),
  type: z.enum(['segment_entered', 'segment_exited']),
  subject: text('The member.'),
  segmentid: text('Id of the segment.'),
  segmentversion: z.int().describe('Version in the segment file.'),
  segmentdigest: text('Digest of the segment file.'),
  setrevision: z.int().describe('Revision of the set of definitions in force.'),
  cause: cause.describe('What made the membership change.'),
  data: z.object({
    segment: text('Id of the segment.'),
    member: text('The member.'),
    change: z.enum(['entered', 'exited']),
    reasons: z
      .array(
        z.object({
          path: text('The condition, by its place in the file.'),
          holds: z.boolean(),
          text: text('What was found and what is asked.'),
          times: z.array(time('Of an event that counts')).describe('The last few, newest last.'),
        }),
      )
      .describe('Every condition with what it found.'),
  }),
});

const memberships = z
  .object({
    segment: text('Id of the segment.'),
    member: text('The member.'),
    since: time('Entered at'),
    event: text('Id of the `segment_entered` record.'),
  })
  .describe('Null (a tombstone) once the member has left.');

const late = z.discriminatedUnion('reason', [
  z
    .object({
      reason: z.literal('late'),
      key: text('The key that took it as late.'),
      watermark: time('How far event time was'),
      event: z.object({
        id: text('Id of the event.'),
        type: text('Its type.'),
        time: time('Its time'),
        family: z.enum(['tracking', 'chat', 'domain', 'intent', 'derived']),
        data: z.record(z.string(), json),
      }),
    })
    .describe('An event of a source in event-time order that came after its place was passed.'),
  z
    .object({ reason: z.enum(['holdout', 'shadow']), record: derived })
    .describe('A derived record that was marked and not emitted.'),
  z
    .object({
      reason: z.literal('dropped'),
      key: text('The key.'),
      pattern: text('Id of the pattern.'),
      digest: text('First 8 digits of the digest of the version.'),
      runs: z.int().nullable().describe('How many; null where the version can no longer be read.'),
      time: time('When it was noticed, in event time'),
    })
    .describe('Partial matches of a version that a change of definitions ended.'),
]);

const deadLetter = z.object({
  reason: z
    .enum(UNREADABLE_REASONS)
    .describe('Why it could not be read.'),
  detail: text('What was found, for people.'),
  topic: text('Topic of the source.'),
  partition: z.int(),
  offset: z.int(),
  time: time('Time of the record'),
  length: z.int().describe('Bytes of the whole record.'),
  sha256: text('Of the whole record, hexadecimal.'),
  encoding: z.enum(['utf8', 'base64']).describe('How `head` is written.'),
  head: z.string().describe('The first 64 kB, unless configured.'),
});

const dirtyHours = z.object({
  type: text('Event type.'),
  hour: time('Start of the hour in event time that got a late event'),
});

type OutputRole = (typeof OUTPUT_ROLES)[number];

export const OUTPUT_SCHEMAS = {
  derived,
  intents,
  segments,
  memberships,
  late,
  'dead-letter': deadLetter,
  'dirty-hours': dirtyHours,
} as const satisfies { readonly [role in OutputRole]: z.ZodType };

/** JSON Schema (2020-12) of the records of a topic. */
export function outputJsonSchema(role: OutputRole): object {
  return z.toJSONSchema(OUTPUT_SCHEMAS[role]);
}
