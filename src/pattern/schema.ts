import { z } from 'zod';
import {
  common,
  condition,
  contiguity,
  count,
  duration,
  eventType,
  field,
  given,
  name,
  template,
  testName,
  times,
  types,
  until,
} from './schema-parts.ts';

/**
 * The grammar of pattern and segment files, as one schema: types, validation, JSON Schema for
 * editors and the reference page come from here. What a schema cannot say (what goes together,
 * what a name means) is in `check-pattern.ts` and `rules.ts`.
 */

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
    return z
      .union([step, stepList])
      .optional()
      .meta({
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
    description:
      'Forbids leaving the loop with an event that still fits it; of single events, without ' +
      '`inner: any`.',
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
        'that event; stop: never fires, not even under an `every` around it. After an `every` ' +
        'each of its rounds waits by itself, and stop ends that one.',
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
      // oxlint-disable-next-line unicorn/no-thenable -- a word of the language, never a function
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

export const expectation = z.strictObject({
  at: duration.optional().meta({ description: 'When; at any time unless said.' }),
  type: eventType,
  key: z.union([z.string(), z.number()]).optional().meta({ description: 'Its key; any unless said.' }),
  recipient: z.union([z.string(), z.number()]).optional().meta({ description: 'Who is to get it.' }),
  locale: z.string().optional().meta({ description: 'Language of the recipient.' }),
  expires: duration.optional().meta({ description: 'How long after its time it expires.' }),
  sent: duration.optional().meta({
    description: 'When it goes out, where quiet hours hold it; its own time stays `at`.',
  }),
  withheld: z.enum(['at-most', 'quiet-hours', 'expired', 'holdout']).optional().meta({
    description:
      'It is matched and not sent, for this reason. Without the word a record has come out; ' +
      'the holdout counts only in tests that name it.',
  }),
  data: z
    .record(field, z.json())
    .optional()
    .meta({ description: 'Fields that must be equal.' }),
});

export const patternTest = z.strictObject({
  name: testName,
  given,
  expect: z
    .array(expectation)
    .max(1_000)
    .meta({ description: 'All that comes out, nothing else; [] is silence.' }),
  until,
});

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

export type PatternSource = z.infer<typeof patternFile>;
export type StepMapSource = z.infer<typeof stepMap>;
export type StepSource = string | StepMapSource;
export type EmissionSource = z.infer<typeof emission>;
export type PatternTestSource = z.infer<typeof patternTest>;
