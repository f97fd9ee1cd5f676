import { z } from 'zod';

/** The feed's frames. README.md of this folder is the reference; this is what is checked. */

export const SUBPROTOCOL = 'parley.feed.v1';

export const CHANNELS = [
  'derived',
  'intents',
  'segments',
  'memberships',
  'late',
  'dead-letter',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const CLOSE = {
  badFrame: 4400,
  unauthorized: 4401,
  slow: 4408,
  tooMany: 4429,
  goingAway: 1001,
} as const;

const sub = z
  .string('a name of your choice for the subscription is missing')
  .min(1, 'must not be empty')
  .max(64, 'at most 64 characters');

const from = z.union(
  [
    z.enum(['latest', 'earliest']),
    z.strictObject({ position: z.string() }),
    z.strictObject({ time: z.iso.datetime({ offset: true }) }),
  ],
  'expected "latest", "earliest", {"position": "..."} or {"time": "2026-11-23T10:00:00Z"}',
);

const subscribe = z.strictObject({
  type: z.literal('subscribe'),
  sub,
  channel: z.enum(CHANNELS),
  where: z.string().max(4_000).optional(),
  keys: z.array(z.string()).min(1).max(1_000).optional(),
  from: from.default('latest'),
  overflow: z.enum(['gap', 'disconnect']).default('gap'),
});

const unsubscribe = z.strictObject({ type: z.literal('unsubscribe'), sub });
const auth = z.strictObject({ type: z.literal('auth'), token: z.string() });

const clientFrame = z.discriminatedUnion('type', [subscribe, unsubscribe, auth]);

export type ClientFrame = z.output<typeof clientFrame>;
export type SubscribeFrame = z.output<typeof subscribe>;

export type ServerFrame =
  | {
      readonly type: 'hello';
      readonly protocol: typeof SUBPROTOCOL;
      readonly heartbeatMs: number;
      readonly limits: {
        readonly subscriptions: number;
        readonly frameBytes: number;
        readonly bufferBytes: number;
      };
      readonly positions: { readonly [channel in Channel]: string };
    }
  | {
      readonly type: 'subscribed';
      readonly sub: string;
      readonly channel: Channel;
      readonly position: string;
      readonly recovered: boolean;
    }
  | {
      readonly type: 'event';
      readonly sub: string;
      readonly position: string;
      readonly event: unknown;
    }
  | GapFrame
  | { readonly type: 'heartbeat'; readonly positions: { readonly [sub: string]: string } }
  | { readonly type: 'unsubscribed'; readonly sub: string; readonly position: string }
  | {
      readonly type: 'error';
      readonly sub: string | null;
      readonly code: FeedErrorCode;
      readonly message: string;
    };

export interface GapFrame {
  readonly type: 'gap';
  readonly sub: string;
  /** Position after the gap: where the subscription goes on. */
  readonly position: string;
  readonly from: string;
  readonly to: string;
  readonly count: number | null;
  readonly reason: 'slow' | 'retention' | 'epoch';
}

export type FeedErrorCode =
  | 'bad_frame'
  | 'bad_filter'
  | 'bad_position'
  | 'duplicate_sub'
  | 'unknown_sub'
  | 'too_many_subscriptions'
  | 'unauthorized'
  | 'unavailable';

/** Reads a frame; the text says what is wrong where it is none. */
export function readFrame(text: string): ClientFrame | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the frame is not JSON' };
  }
  const result = clientFrame.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue?.path.join('.') ?? '';
  return { problem: at === '' ? (issue?.message ?? 'unknown frame') : `${at}: ${issue?.message}` };
}

/** A frame of the server, as its own client reads it: the server is trusted to keep the shape. */
export function readServerFrame(text: string): ServerFrame {
  return JSON.parse(text) as ServerFrame;
}
