import { z } from 'zod';
import { DURATION, parseDuration } from '../event/duration.ts';

/** Pieces of the grammar that patterns and segments share. */

export const duration = z
  .string()
  .regex(DURATION, 'a duration such as 30m, 24h, 7d or 2h30m')
  .refine((text) => !DURATION.test(text) || parseDuration(text) !== null, 'a duration of at most 36500d')
  .meta({ description: 'A duration: a number with a unit, or several, the largest first: 500ms, 30m, 2h30m, 7d.' });

export const TYPE = /^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$/;
export const eventType = z
  .string()
  .regex(TYPE, 'an event type such as price_offer')
  .meta({ description: 'An event type.' });

export const types = z.union([eventType, z.array(eventType).min(1).max(100)]).meta({
  description: 'An event type, or a list of them.',
});

export const ID = /^[a-z][a-z0-9-]{0,63}$/;
export const id = z
  .string()
  .regex(ID, 'an id such as meeting-accepted: small letters, digits and hyphens')
  .meta({
    description: 'Identity of the definition: small letters, digits, hyphens. Unique in the set.',
  });

export const NAME = /^[a-z_][A-Za-z0-9_]{0,63}$/;
export const name = z
  .string()
  .regex(NAME, 'a name such as opening: letters, digits, underscores')
  .meta({ description: 'The name of a step.' });

export const FIELD = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,63}$/;
export const field = z
  .string()
  .regex(FIELD, 'a field such as listing_id')
  .meta({ description: 'A field of events.' });

export const condition = z.string().min(1).meta({ description: 'A condition in CEL.' });
export const template = z.string().min(1).meta({ description: 'Text; ${...} holds CEL.' });
export const contiguity = z.enum(['strict', 'relaxed', 'any']);
export const count = z.int().min(1).max(1_000_000);

export const times = z
  .union([
    z.int().min(1).max(1_000),
    z.string().regex(/^[0-9]{1,4}(\.\.[0-9]{1,4}|\+)?$/, 'a count such as 3, 2..5 or 3+'),
  ])
  .meta({
    description: 'How often: 3, 2..5, or 3+ (without an upper end); 0+ is 1+ with optional.',
  });

export const testEvent = z.looseObject({
  at: duration.meta({ description: 'Time from the start of the test.' }),
  type: eventType,
});

export const testName = z.string().min(1).max(200).meta({ description: 'What the test shows.' });
export const given = z
  .array(testEvent)
  .max(1_000)
  .meta({ description: 'The events, in order of arrival.' });
export const until = duration.optional().meta({
  description: 'When the test ends; after the last deadline unless said.',
});

export const limits = z.strictObject({
  runs: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: 'Partial matches per key; 64 unless said.' }),
  bytes: z
    .int()
    .min(256)
    .max(1_000_000)
    .optional()
    .meta({ description: 'State per key; 65536 unless said.' }),
  idle: duration.optional().meta({
    description:
      'How long `starts: once` is remembered after the last event of the key; 30d unless said.',
  }),
});

export const common = {
  id,
  version: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Counts up with each change of meaning; 1 unless said.' }),
  description: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'What it is for, for people.' }),
  shadow: z.boolean().optional().meta({ description: 'Matches and counts, and emits nothing.' }),
  disabled: z
    .boolean()
    .optional()
    .meta({ description: 'Takes nothing; runs that are open finish.' }),
  limits: limits
    .optional()
    .meta({ description: 'Bounds per key. One that bites is counted and visible.' }),
};
