import type { Message } from './message.ts';

export type CoordinatorKind = 'group' | 'transaction';

export const findCoordinator: Message<
  { kind: CoordinatorKind; key: string },
  { error: number; nodeId: number; host: string; port: number }
> = {
  apiKey: 10,
  version: 4,
  name: 'FindCoordinator',
  encode: (writer, { kind, key }) => {
    writer
      .int8(kind === 'group' ? 0 : 1)
      .array([key], (name) => writer.string(name))
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const coordinators = reader.array(() => {
      reader.string();
      const coordinator = {
        nodeId: reader.int32(),
        host: reader.string(),
        port: reader.int32(),
        error: reader.int16(),
      };
      reader.nullableString();
      reader.tags();
      return coordinator;
    });
    reader.tags();
    return coordinators[0] ?? { error: 15, nodeId: -1, host: '', port: 0 };
  },
};

export type JoinAnswer = {
  error: number;
  generation: number;
  protocol: string;
  leader: string;
  member: string;
  /** Everybody's subscription, for the leader; empty for others. */
  members: { member: string; metadata: Buffer }[];
};

export const joinGroup: Message<
  {
    group: string;
    member: string;
    sessionTimeoutMs: number;
    rebalanceTimeoutMs: number;
    protocol: string;
    metadata: Buffer;
  },
  JoinAnswer
> = {
  apiKey: 11,
  version: 6,
  name: 'JoinGroup',
  encode: (writer, request) => {
    writer
      .string(request.group)
      .int32(request.sessionTimeoutMs)
      .int32(request.rebalanceTimeoutMs)
      .string(request.member)
      .nullableString(null)
      .string('consumer')
      .array([request], ({ protocol, metadata }) => writer.string(protocol).bytes(metadata).tags())
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const answer = {
      error: reader.int16(),
      generation: reader.int32(),
      protocol: reader.string(),
      leader: reader.string(),
      member: reader.string(),
      members: reader.array(() => {
        const member = reader.string();
        reader.nullableString();
        const metadata = reader.nullableBytes() ?? Buffer.alloc(0);
        reader.tags();
        return { member, metadata };
      }),
    };
    reader.tags();
    return answer;
  },
};

export const syncGroup: Message<
  {
    group: string;
    member: string;
    generation: number;
    assignments: readonly { member: string; assignment: Buffer }[];
  },
  { error: number; assignment: Buffer }
> = {
  apiKey: 14,
  version: 4,
  name: 'SyncGroup',
  encode: (writer, { group, member, generation, assignments }) => {
    writer
      .string(group)
      .int32(generation)
      .string(member)
      .nullableString(null)
      .array(assignments, (one) => writer.string(one.member).bytes(one.assignment).tags())
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const answer = {
      error: reader.int16(),
      assignment: reader.nullableBytes() ?? Buffer.alloc(0),
    };
    reader.tags();
    return answer;
  },
};

export const heartbeat: Message<
  { group: string; member: string; generation: number },
  { error: number }
> = {
  apiKey: 12,
  version: 4,
  name: 'Heartbeat',
  encode: (writer, { group, member, generation }) => {
    writer.string(group).int32(generation).string(member).nullableString(null).tags();
  },
  decode: (reader) => {
    reader.int32();
    const error = reader.int16();
    reader.tags();
    return { error };
  },
};

export const leaveGroup: Message<{ group: string; member: string }, { error: number }> = {
  apiKey: 13,
  version: 4,
  name: 'LeaveGroup',
  encode: (writer, { group, member }) => {
    writer
      .string(group)
      .array([member], (one) => writer.string(one).nullableString(null).tags())
      .tags();
  },
  decode: (reader) => {
    reader.int32();
    const error = reader.int16();
    reader.array(() => {
      reader.string();
      reader.nullableString();
      reader.int16();
      reader.tags();
    });
    reader.tags();
    return { error };
  },
};
