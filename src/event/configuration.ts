import { z } from 'zod';
import { parseDuration } from './duration.ts';

/**
 * The whole configuration: one schema, one file (`parley.yaml`), every field with a default.
 * Durations are written `5s`, `2h30m` and arrive as ms. An environment variable
 * `PARLEY_<PATH>` (upper case, `_` between the words) overrides a field of the file.
 */

const duration = (text: string, means: string) =>
  z
    .string()
    .refine((value) => parseDuration(value) !== null, {
      error: 'a duration looks like 500ms, 5s, 24h or 2h30m',
    })
    .transform((value) => parseDuration(value) as number)
    .prefault(text)
    .describe(means);

const path = z.string().min(1);
const paths = (...defaults: string[]) => z.array(path).min(1).default(defaults);
const count = (value: number, means: string) =>
  z.number().int().positive().default(value).describe(means);

const fields = z
  .strictObject({
    id: paths('id', 'event_id', 'message_id'),
    type: paths('type', 'event_type', 'event', 'name'),
    time: paths('time', 'timestamp', 'created_at', 'event_time', 'ts'),
    conversation_id: paths('conversation_id', 'conversationId', 'chat_id', 'thread_id'),
    user_id: paths('user_id', 'userId', 'sender_id', 'from', 'buyer_id'),
    recipient_id: paths('recipient_id', 'recipientId', 'to', 'receiver_id'),
    listing_id: paths('listing_id', 'listingId', 'product_id', 'item_id'),
    text: paths('text', 'message', 'body'),
    language: paths('language', 'lang', 'locale'),
    country: paths('country', 'country_code'),
    zone: paths('zone', 'time_zone', 'timezone'),
    role: paths('role', 'sender_role'),
    lat: paths('lat', 'latitude', 'geo.lat', 'location.lat'),
    lon: paths('lon', 'lng', 'longitude', 'geo.lon', 'geo.lng', 'location.lon', 'location.lng'),
    amount: paths('amount'),
    currency: paths('currency', 'currency_code'),
    price: paths('price', 'listing_price', 'asking_price'),
  })
  .prefault({});

const events = z
  .strictObject({
    fields: fields.describe(
      'Where a canonical field is found: paths tried in order, in the attributes and then at the top of the record.',
    ),
    numbers: z
      .array(path)
      .default([
        'lat', 'lon', 'lng', 'latitude', 'longitude', 'date', 'amount', 'price',
        'listing_price', 'asking_price', 'quantity', 'distance_m',
      ])
      .describe('Fields, at any depth, whose strings are read as numbers. Ids never belong here.'),
    typeHeader: z.string().default('ce_type').describe('Header that carries the event type.'),
    chat: z
      .array(z.string())
      .default(['chat_message', 'message', 'message_sent'])
      .describe('Types that carry text of a conversation.'),
    domain: z
      .array(z.string())
      .default([
        'listing_created', 'listing_sold', 'price_changed', 'listing_deleted', 'user_blocked',
      ])
      .describe('Types of the domain family; every other type is tracking.'),
    types: z
      .record(z.string(), z.array(z.string()).nullable())
      .default({})
      .describe(
        'Event types of the sources, with their fields (null: any field). Where some are named, ' +
          'files that name others are warned about or refused with the likely one.',
      ),
    recordBytesMax: count(1_000_000, 'A larger record goes to the dead letter.'),
    depthMax: count(32, 'A record nested deeper goes to the dead letter.'),
  })
  .prefault({});

const source = z.strictObject({
  topic: z.string().min(1),
  order: z
    .enum(['arrival', 'event-time'])
    .default('arrival')
    .describe('arrival: matched as they come. event-time: held and sorted until the watermark.'),
  start: z
    .union([z.enum(['latest', 'earliest']), z.iso.datetime({ offset: true })])
    .default('latest')
    .describe('Where the first start of this application begins: latest, earliest or a time.'),
});

const time = z
  .strictObject({
    allowedLateness: duration('5s', 'How far the watermark stays behind the greatest event time.'),
    futureSkewMax: duration('1m', 'An event dated further ahead is clamped and counted.'),
    dedupeHorizon: duration('1h', 'How long an event id is remembered for a key.'),
    dedupeIdsMax: count(256, 'How many event ids are remembered for a key.'),
    heldEventsMax: count(10_000, 'Events a key may hold in event-time order.'),
    sourceAheadMax: duration(
      '10m',
      'A source in event-time order that is further ahead of the slowest source waits for it.',
    ),
  })
  .prefault({});

const tls = z.strictObject({
  ca: z.string().optional().describe('File with the certificate authority, PEM.'),
  cert: z.string().optional().describe('File with the client certificate, PEM.'),
  key: z.string().optional().describe('File with the client key, PEM.'),
  rejectUnauthorized: z.boolean().default(true),
});

const kafka = z
  .strictObject({
    brokers: z.array(z.string().min(1)).min(1).default(['127.0.0.1:9092']),
    tls: z.union([z.boolean(), tls]).default(false),
    sasl: z
      .strictObject({
        mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
        username: z.string(),
        password: z.string(),
      })
      .nullable()
      .default(null),
    sessionTimeout: duration('6s', 'A member that is silent this long loses its partitions.'),
    transactionTimeout: duration('10s', 'A transaction open this long is aborted by the broker.'),
    createTopics: z.boolean().default(true).describe('Create missing topics; false: name them.'),
    replicationFactor: z.number().int().default(-1).describe('-1: the default of the broker.'),
  })
  .prefault({});

const redis = z
  .strictObject({
    url: z.string().default('redis://127.0.0.1:6379'),
    username: z.string().nullable().default(null),
    password: z.string().nullable().default(null),
    tls: z.union([z.boolean(), tls]).default(false),
    cluster: z.boolean().default(false),
    commandTimeout: duration('3s', 'A command that takes longer has an unknown outcome.'),
  })
  .prefault({});

const SCOPES = ['read:feed', 'read:state', 'write:patterns'] as const;
export type Scope = (typeof SCOPES)[number];

const api = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(8787),
    tokens: z
      .array(z.strictObject({ token: z.string().min(16), scopes: z.array(z.enum(SCOPES)).min(1) }))
      .default([])
      .describe('Bearer tokens. Needed on every address but loopback.'),
    insecure: z.boolean().default(false).describe('Serve another address without tokens.'),
    origins: z.array(z.string()).default([]).describe('Web origins that may connect.'),
    bodyBytesMax: count(1_000_000, 'A larger request body is refused.'),
  })
  .prefault({});

const feed = z
  .strictObject({
    heartbeat: duration('15s', 'A frame with the position is sent at least this often.'),
    clientsMax: count(1_000, 'Further clients are refused.'),
    subscriptionsMax: count(16, 'Subscriptions of one client.'),
    frameBytesMax: count(65_536, 'A larger frame from a client closes its connection.'),
    bufferBytesMax: count(4_000_000, 'Bytes held for one slow client before the overflow policy.'),
  })
  .prefault({});

const intents = z
  .strictObject({
    language: z.enum(['en', 'es', 'tr']).default('en').describe('Where a message does not tell.'),
    country: z.string().length(2).default('US').describe('Where an event does not tell.'),
    zone: z.string().nullable().default(null).describe('Null: the zone follows the country.'),
  })
  .prefault({});

const places = z
  .strictObject({
    enabled: z.boolean().default(true),
    pack: z
      .enum(['demo', 'all'])
      .nullable()
      .default(null)
      .describe(
        'Layers that ship with Parley. demo: US counties, cities and postal areas around Detroit, ' +
          'countries; all: the whole US, Spain, Turkey, countries. Null: demo for `dev`, all for `run`.',
      ),
    folder: z.string().nullable().default(null).describe('Folder of layers of your own.'),
    sets: z
      .array(z.record(z.string(), z.unknown()))
      .default([])
      .describe('Layers of your own instead of a pack: see src/geo/README.md.'),
    cacheFolder: z.string().nullable().default(null).describe('Null: inside the data folder.'),
  })
  .prefault({});

const limits = z
  .strictObject({
    runs: count(64, 'Partial matches per key and pattern, unless the file says otherwise.'),
    bytes: count(65_536, 'Bytes per key and owner, unless the file says otherwise.'),
    derivedBytes: count(900_000, 'A larger derived record is a counted error.'),
    deadLetterBytes: count(65_536, 'Bytes of a record kept in the dead letter.'),
    memoryBytes: count(67_108_864, 'Bytes of state held in memory by a process.'),
    fetchBytes: count(8_388_608, 'Bytes of input held by a process.'),
  })
  .prefault({});

const commit = z
  .strictObject({
    intervalMax: duration('100ms', 'Longest pause between commits under load.'),
  })
  .prefault({});

export const configurationSchema = z.strictObject({
  application: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'use lower-case letters, digits and -' })
    .default('parley')
    .describe('Consumer group, and part of transactional ids.'),
  topicPrefix: z.string().default('parley.').describe('One per environment.'),
  keyedPartitions: count(16, 'Partitions of the keyed topics, fixed by the first start.'),
  outputPartitions: count(4, 'Partitions of output topics that are made; those there keep theirs.'),
  patterns: z.string().default('patterns').describe('Folder of pattern and segment files.'),
  dataFolder: z.string().default('.parley').describe('Data of the embedded log and store; cache.'),
  sources: z
    .array(source)
    .min(1)
    .default([{ topic: 'marketplace.events', order: 'arrival', start: 'latest' }]),
  events,
  time,
  kafka,
  redis,
  api,
  feed,
  intents,
  places,
  limits,
  commit,
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Configuration = z.output<typeof configurationSchema>;
export type ConfigurationInput = z.input<typeof configurationSchema>;
export type EventsConfiguration = Configuration['events'];

/** The defaults, as an engine without a configuration file uses them. */
export function defaultConfiguration(): Configuration {
  return configurationSchema.parse({});
}
