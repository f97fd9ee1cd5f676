import { z } from 'zod';

/**
 * The grammar of pattern and segment files, as one schema: types, validation, JSON Schema for
 * editors and the reference page come from here. What a schema cannot say (what goes together,
 * what a name means) is in `check-pattern.ts` and `rules.ts`.
 */

const duration = z
  .string()
  .regex(/^([0-9]+(ms|[dhms]))+$/, 'a duration such as 30m, 24h, 7d or 2h30m')
  .meta({ description: 'A duration: a number with a unit, or several: 500ms, 30m, 2h30m, 7d.' });

const TYPE = /^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$/;
const eventType = z
  .string()
  .regex(TYPE, 'an event type such as price_offer')
  .meta({ description: 'An event type.' });

const types = z.union([eventType, z.array(eventType).min(1).max(100)]).meta({
  description: 'An event type, or a list of them.',
});

export const ID = /^[a-z][a-z0-9-]{0,63}$/;
const id = z
  .string()
  .regex(ID, 'an id such as meeting-accepted: small letters, digits and hyphens')
  .meta({
    description: 'Identity of the definition: small letters, digits, hyphens. Unique in the set.',
  });

export const NAME = /^[a-z_][A-Za-z0-9_]{0,63}$/;
const name = z
  .string()
  .regex(NAME, 'a name such as opening: letters, digits, underscores')
  .meta({ description: 'The name of a step.' });

export const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const field = z
  .string()
  .regex(FIELD, 'a field such as listing_id')
  .meta({ description: 'A field of events.' });

const condition = z.string().min(1).meta({ description: 'A condition in CEL.' });
const template = z.string().min(1).meta({ description: 'Text; ${...} holds CEL.' });
const contiguity = z.enum(['strict', 'relaxed', 'any']);
const count = z.int().min(1).max(1_000_000);

const times = z
  .union([
    z.int().min(1).max(1_000),
    z.string().regex(/^[0-9]{1,4}(\.\.[0-9]{1,4}|\+)?$/, 'a count such as 3, 2..5 or 3+'),
  ])
  .meta({
    description: 'How often: 3, 2..5, or 3+ (without an upper end); 0+ is 1+ with optional.',
  });

/** Flat on purpose: one map with one leading word, so that every mistake has one place. */
export const stepMap = z.strictObject({
  on: types
    .optional()
    .meta({ description: 'Takes one event of this type, or of one of these types.' }),
  get not() {
    return z
      .union([types, stepMap])
      .optional()
      .meta({
        description:
          'Forbids: no event of this type (or nothing that this step would take) until the ' +
          'next step takes one. ' +
          'With `for`: true when that much time has passed without one.',
      });
  },
  get all() {
    return stepList.optional().meta({ description: 'All of these steps, in any order.' });
  },
  get any() {
    return stepList
      .optional()
      .meta({ description: 'One of these steps: the first that comes true.' });
  },
  get group() {
    return stepList.optional().meta({ description: 'These steps, in order, as one.' });
  },
  get every() {
    return z.union([step, stepList]).optional().meta({
      description:
        'Begins again whenever it comes true or fails; what was begun goes on while it can. ' +
        'With `starts: once`.',
    });
  },
  wait: duration.optional().meta({ description: 'True that long after it started.' }),
  as: name.optional().meta({
    description:
      'Names the event taken (of an `on`, or of an `any` of single events), for conditions and ' +
      '`emit`.',
  }),
  where: condition.optional().meta({
    description:
      'Condition in CEL, on `on` and `not`. `event` is the event being tried; other names are ' +
      'what earlier steps took.',
  }),
  contiguity: contiguity.optional().meta({
    description:
      'strict: the very next event; relaxed: the first that fits (default); any: any that ' +
      'fits, a branch each.',
  }),
  times: times.optional(),
  inner: contiguity
    .optional()
    .meta({ description: 'Contiguity between the events of one loop; relaxed unless said.' }),
  greedy: z.boolean().optional().meta({
    description: 'Forbids leaving the loop with an event that still fits it.',
  }),
  gap: duration
    .optional()
    .meta({ description: 'Neighbours in the loop are less than this apart.' }),
  distinct: field.optional().meta({ description: 'Only new values of this field count.' }),
  get until() {
    return z
      .union([condition, stepMap])
      .optional()
      .meta({
        description:
          'A condition: the loop takes no more from the event on that fits it, the next step ' +
          'may take that event. ' +
          'A step (as a map): the loop comes true when that step does.',
      });
  },
  optional: z
    .boolean()
    .optional()
    .meta({ description: 'May be left out: adds the branch without it.' }),
  span: duration
    .optional()
    .meta({ description: 'Less than this from the first event taken inside.' }),
  within: duration.optional().meta({ description: 'True less than this after the step started.' }),
  atMost: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Ends after this many results.' }),
  for: duration.optional().meta({ description: 'On `not`: how long nothing may come.' }),
  else: z
    .enum(['fail', 'restart', 'stop'])
    .optional()
    .meta({
      description:
        'On `not` with `for`, when something comes: fail: the branch ends (default); restart: ' +
        'counts again from ' +
        'that event; stop: never fires, not even under `every`.',
    }),
});

const step = z.union([eventType, stepMap]).meta({
  description:
    'A step: an event type, or a map that begins with on, not, all, any, group, every or wait.',
});

const stepList = z.array(step).min(1).max(50);

const clock = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day such as "22:00"');

export const emission = z.strictObject({
  type: eventType.meta({ description: 'Type of the derived event.' }),
  key: template
    .optional()
    .meta({ description: 'Key of the derived event; that of the run unless said.' }),
  data: z.record(field, z.json()).optional().meta({
    description:
      'Fields of the derived event. Text is text, ${...} holds CEL; alone it keeps its type.',
  }),
  recipient: template.optional().meta({ description: 'Who is to get it.' }),
  locale: template.optional().meta({ description: 'Language of the recipient, such as es-ES.' }),
  expires: duration.optional().meta({ description: 'It is of no use this long after its time.' }),
  atMost: z
    .strictObject({
      times: count.meta({ description: 'How many.' }),
      per: duration.meta({ description: 'In how much time, sliding.' }),
      by: template.optional().meta({ description: 'For whom; the key of the run unless said.' }),
    })
    .optional()
    .meta({ description: 'No more than so many in a time; the rest is dropped and counted.' }),
  quietHours: z
    .strictObject({
      from: clock.meta({ description: 'Start, a time of day.' }),
      to: clock.meta({ description: 'End, a time of day; may be earlier than the start.' }),
      zone: template.meta({ description: 'IANA time zone of the recipient.' }),
      then: z.enum(['hold', 'drop']).optional().meta({
        description: 'hold: until they end (default); drop: counted.',
      }),
    })
    .optional()
    .meta({ description: "Hours of the recipient's day in which nothing is sent." }),
});

const emissions = z.union([
  eventType,
  emission,
  z
    .array(z.union([eventType, emission]))
    .min(1)
    .max(10),
]);

const skipTo = { else: z.literal('error').optional() };
const skip = z.union([
  z.enum(['first-wins', 'none', 'to-next', 'past-last']),
  z.strictObject({ 'to-first': name, ...skipTo }),
  z.strictObject({ 'to-last': name, ...skipTo }),
]);

const testEvent = z.looseObject({
  at: duration.meta({ description: 'Time from the start of the test.' }),
  type: eventType,
});

const testName = z.string().min(1).max(200).meta({ description: 'What the test shows.' });
const given = z
  .array(testEvent)
  .max(1_000)
  .meta({ description: 'The events, in order of arrival.' });
const until = duration.optional().meta({
  description: 'When the test ends; after the last deadline unless said.',
});

const patternTest = z.strictObject({
  name: testName,
  given,
  expect: z
    .array(
      z.strictObject({
        at: duration.optional().meta({ description: 'When; at any time unless said.' }),
        type: eventType,
        key: z.union([z.string(), z.number()]).optional(),
        data: z
          .record(field, z.json())
          .optional()
          .meta({ description: 'Fields that must be equal.' }),
      }),
    )
    .max(1_000)
    .meta({ description: 'All that comes out, nothing else; [] is silence.' }),
  until,
});

const limits = z.strictObject({
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

const common = {
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

export const patternFile = z
  .strictObject({
    ...common,
    key: field.meta({
      description:
        'The field whose value is the key: events of one key are matched together. `none`: all ' +
        'together.',
    }),
    within: duration
      .optional()
      .meta({ description: 'The last event comes less than this after the first.' }),
    starts: z
      .enum(['any', 'once'])
      .optional()
      .meta({
        description:
          'any: a run begins at every event the first step can take (default); once: one run ' +
          'per key, begun before ' +
          "the key's first event of a type named here.",
      }),
    skip: skip.optional().meta({
      description:
        'What a match does to other runs of the key. first-wins (default): ends them. none: ' +
        'keeps them. to-next, ' +
        'past-last, {to-first: step}, {to-last: step}: ends those that began before that event.',
    }),
    among: types
      .optional()
      .meta({ description: 'Types that count as "next" beside those the pattern names.' }),
    steps: stepList.meta({ description: 'What must happen, in order.' }),
    emit: emissions.meta({
      description: 'What is derived from a match: a type, a map, or a list.',
    }),
    timeout: emissions.optional().meta({
      description: 'What is derived when `within` or `span` ends a run after its first event.',
    }),
    cancel: z.union([types, stepMap]).optional().meta({
      description: 'An event that ends a waiting run without a result.',
    }),
    change: z
      .union([
        z.enum(['finish', 'drop']),
        z.strictObject({ migrate: z.record(z.string(), name.nullable()) }),
      ])
      .optional()
      .meta({
        description:
          'What happens to open runs when this version replaces another. finish (default): on ' +
          'the old version. ' +
          'drop: with a record. {migrate: {old step: new step}}: they move; a step that maps ' +
          'to null drops its runs.',
      }),
    holdout: z.number().min(0).max(1).optional().meta({
      description: 'Share of keys, by hash, that match and are marked but not emitted.',
    }),
    tests: z
      .array(patternTest)
      .max(100)
      .optional()
      .meta({ description: 'Timelines on a virtual clock.' }),
  })
  .meta({
    title: 'Parley pattern',
    description: 'A pattern: what must happen, and what is derived from it.',
  });

const comparable = z.union([z.string(), z.number(), z.boolean()]);

/** Flat for the same reason as a step. */
export const conditionMap = z.strictObject({
  on: types.optional().meta({ description: 'The events counted, summed, or looked at.' }),
  where: condition.optional().meta({ description: 'Only events for which this CEL holds.' }),
  within: duration.optional().meta({ description: 'The window: events less than this old.' }),
  atLeast: z
    .number()
    .optional()
    .meta({ description: 'How many, or how much, at least; 1 for events.' }),
  sum: field.optional().meta({ description: 'The sum of this field over the window.' }),
  distinct: field.optional().meta({ description: 'How many different values of this field.' }),
  latest: field.optional().meta({ description: 'The latest value of this field.' }),
  is: z
    .union([comparable, z.array(comparable).min(1).max(100)])
    .optional()
    .meta({
      description: 'With `latest`: the value, or one of the values.',
    }),
  isNot: z
    .union([comparable, z.array(comparable).min(1).max(100)])
    .optional()
    .meta({
      description: 'With `latest`: any other value.',
    }),
  atMost: z.number().optional().meta({ description: 'With `latest`: at most this.' }),
  above: z.number().optional().meta({ description: 'With `latest`: more than this.' }),
  below: z.number().optional().meta({ description: 'With `latest`: less than this.' }),
  matched: types.optional().meta({ description: 'A pattern emitted an event of this type.' }),
  region: z.string().min(1).max(100).optional().meta({
    description: 'The latest position is inside this place or geofence.',
  }),
  segment: id.optional().meta({ description: 'Member of another segment with the same key.' }),
  get all() {
    return conditionList.optional().meta({ description: 'All of these hold.' });
  },
  get any() {
    return conditionList.optional().meta({ description: 'One of these holds.' });
  },
  get not() {
    return conditionMap.optional().meta({ description: 'This does not hold.' });
  },
});

const conditionList = z.array(conditionMap).min(1).max(20);

const segmentTest = z.strictObject({
  name: testName,
  given,
  expect: z
    .array(
      z.strictObject({
        at: duration.optional(),
        entered: z
          .union([z.string(), z.number()])
          .optional()
          .meta({ description: 'The member that enters.' }),
        exited: z
          .union([z.string(), z.number()])
          .optional()
          .meta({ description: 'The member that leaves.' }),
      }),
    )
    .max(1_000),
  until,
});

export const segmentFile = z
  .strictObject({
    ...common,
    key: field.meta({ description: 'The field whose value is the member.' }),
    member: conditionMap.meta({ description: 'Members are those for whom this holds now.' }),
    tests: z
      .array(segmentTest)
      .max(100)
      .optional()
      .meta({ description: 'Timelines on a virtual clock.' }),
  })
  .meta({
    title: 'Parley segment',
    description: 'A segment: those for whom a condition holds now.',
  });

export type PatternSource = z.infer<typeof patternFile>;
export type SegmentSource = z.infer<typeof segmentFile>;
export type StepMapSource = z.infer<typeof stepMap>;
export type StepSource = string | StepMapSource;
export type EmissionSource = z.infer<typeof emission>;
export type ConditionSource = z.infer<typeof conditionMap>;
export type PatternTestSource = z.infer<typeof patternTest>;
export type SegmentTestSource = z.infer<typeof segmentTest>;
