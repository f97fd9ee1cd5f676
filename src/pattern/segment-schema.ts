import { z } from 'zod';
import {
  common,
  condition,
  duration,
  field,
  given,
  id,
  testName,
  types,
  until,
} from './schema-parts.ts';

/** The grammar of segment files. */

const comparable = z.union([z.string(), z.number(), z.boolean()]);

export const circle = z.strictObject({
  lat: z.number().min(-90).max(90).meta({ description: 'Latitude of the centre, degrees.' }),
  lon: z.number().min(-180).max(180).meta({ description: 'Longitude of the centre, degrees.' }),
  metres: z.number().positive().max(20_100_000).meta({
    description: 'Whoever comes this near is inside.',
  }),
  leaves: z
    .number()
    .positive()
    .max(20_100_000)
    .optional()
    .meta({ description: 'Whoever is inside leaves beyond these metres; `metres` unless said.' }),
});

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
  region: z
    .union([z.string().min(1).max(100), circle])
    .optional()
    .meta({
      description:
        'The latest position is inside this place, or within so many metres of a point: a map ' +
        'with `lat`, `lon`, `metres` and `leaves`.',
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

export type SegmentSource = z.infer<typeof segmentFile>;
export type ConditionSource = z.infer<typeof conditionMap>;
export type CircleSource = z.infer<typeof circle>;
export type SegmentTestSource = z.infer<typeof segmentTest>;
