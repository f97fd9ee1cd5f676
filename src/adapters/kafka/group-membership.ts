import {
  LogError,
  type Assignment,
  type GroupMembership,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { assignPartitions } from './assignment.ts';
import type { Cluster } from './cluster.ts';
import { kafkaCode, mayTryAgain } from './error-codes.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './wire/consumer-protocol.ts';
import type { Message } from './wire/message.ts';
import { heartbeat, joinGroup, leaveGroup, syncGroup, type JoinAnswer } from './wire/group.ts';

/** Name of the way partitions are divided; all members of a group must know it. */
const protocol = 'parley-balanced';
const heartbeatMaxMs = 1_000;
const againMs = 50;

/**
 * Membership in a classic consumer group, spoken over a socket of its own. All members let go of
 * everything before a new generation (the caller rejoins when its transaction is settled, rule 16).
 */
export class KafkaGroupMembership implements GroupMembership {
  readonly rebalanceTimeoutMs: number;
  readonly #cluster: Cluster;
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #purpose: string;
  readonly #listeners: ((why: 'rebalance' | 'lost') => void)[] = [];
  #member = '';
  #generation = -1;
  #owned: readonly TopicPartition[] = [];
  #beating: NodeJS.Timeout | null = null;
  #lastBeat = 0;
  /** For the leader: how many partitions of each topic it divided, and when it last looked. */
  #divided: Map<string, number> | null = null;
  #countedAt = 0;

  /** @param purpose names its socket: a join that waits must hold up nobody else. */
  constructor(cluster: Cluster, group: string, topics: readonly string[], purpose: string) {
    this.#cluster = cluster;
    this.#group = group;
    this.#topics = topics;
    this.#purpose = purpose;
    this.rebalanceTimeoutMs = cluster.settings.rebalanceTimeoutMs;
  }

  onRebalance(listener: (why: 'rebalance' | 'lost') => void): void {
    this.#listeners.push(listener);
  }

  async join(): Promise<Assignment> {
    this.#stopBeating();
    const deadline =
      performance.now() + this.rebalanceTimeoutMs + this.#cluster.settings.requestTimeoutMs;
    for (;;) {
      const assignment = await this.#tryJoin();
      if (assignment) return assignment;
      if (performance.now() > deadline) {
        throw new LogError(
          'UNAVAILABLE',
          `joining group ${this.#group}: no stable generation in time`,
          {
            definite: true,
          },
        );
      }
    }
  }

  async leave(): Promise<void> {
    this.#stopBeating();
    const member = this.#member;
    this.#member = '';
    try {
      if (member !== '') {
        await this.#ask(leaveGroup, { group: this.#group, member });
      }
    } catch (error) {
      // The session time-out does the same, later.
      this.#cluster.settings.onLog(`leaving group ${this.#group}: ${String(error)}`);
    } finally {
      await this.#cluster.close(this.#purpose);
    }
  }

  /** One round of join and sync; null when the group says to begin again. */
  async #tryJoin(): Promise<Assignment | null> {
    const { sessionTimeoutMs, rebalanceTimeoutMs, requestTimeoutMs } = this.#cluster.settings;
    const subscription = { topics: this.#topics, owned: this.#owned, generation: this.#generation };
    const joined = await this.#ask(
      joinGroup,
      {
        group: this.#group,
        member: this.#member,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        protocol,
        metadata: encodeSubscription(subscription),
      },
      rebalanceTimeoutMs + requestTimeoutMs,
    );
    if (joined.error === kafkaCode.memberIdRequired) {
      this.#member = joined.member;
      return null;
    }
    if (joined.error !== 0) return this.#beginAgain(joined.error, 'joining');
    this.#member = joined.member;

    this.#divided = null;
    const assignments = joined.leader === joined.member ? await this.#divide(joined) : [];
    const synced = await this.#ask(
      syncGroup,
      {
        group: this.#group,
        member: joined.member,
        generation: joined.generation,
        assignments,
      },
      rebalanceTimeoutMs + requestTimeoutMs,
    );
    if (synced.error !== 0) return this.#beginAgain(synced.error, 'taking the assignment of');

    this.#generation = joined.generation;
    this.#owned = decodeAssignment(synced.assignment);
    this.#startBeating();
    return {
      identity: { group: this.#group, member: joined.member, generation: joined.generation },
      partitions: this.#owned,
    };
  }

  async #beginAgain(error: number, doing: string): Promise<null> {
    const { rebalanceInProgress, illegalGeneration, unknownMember } = kafkaCode;
    if (error === unknownMember) this.#member = '';
    else if (error !== rebalanceInProgress && error !== illegalGeneration) {
      this.#cluster.refused(error, 'group', this.#group, `${doing} group ${this.#group}`);
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
    return null;
  }

  /** The leader divides the partitions of all topics that somebody wants. */
  async #divide(joined: JoinAnswer): Promise<{ member: string; assignment: Buffer }[]> {
    const members = joined.members.map(({ member, metadata }) => ({
      member,
      ...decodeSubscription(metadata),
    }));
    const partitions: TopicPartition[] = [];
    const divided = new Map<string, number>();
    for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
      const found = await this.#cluster.describe(topic);
      if (!found) {
        throw new LogError(
          'TOPIC_MISSING',
          `topic ${topic} of group ${this.#group} does not exist`,
          {
            definite: true,
            at: { topic, partition: 0 },
          },
        );
      }
      partitions.push(...found.partitions.map(({ partition }) => ({ topic, partition })));
      divided.set(topic, found.partitions.length);
    }
    this.#divided = divided;
    this.#countedAt = performance.now();
    const assigned = assignPartitions(members, partitions);
    return [...assigned].map(([member, list]) => ({ member, assignment: encodeAssignment(list) }));
  }

  #startBeating(): void {
    const everyMs = Math.min(heartbeatMaxMs, this.#cluster.settings.sessionTimeoutMs / 4);
    this.#lastBeat = performance.now();
    const generation = this.#generation;
    let said = false;
    const say = (why: 'rebalance' | 'lost'): void => {
      if (said && why === 'rebalance') return;
      said = true;
      for (const listener of this.#listeners) listener(why);
    };
    let asking = false;
    this.#beating = setInterval(() => {
      if (asking) return;
      asking = true;
      void this.#beat(generation, say).finally(() => {
        asking = false;
      });
    }, everyMs);
  }

  /** Beats on while a rebalance is announced: the session must outlive the running commit. */
  async #beat(generation: number, say: (why: 'rebalance' | 'lost') => void): Promise<void> {
    if (this.#cluster.closed) return this.#stopBeating();
    const mine = this.#beating;
    try {
      const { error } = await this.#ask(
        heartbeat,
        {
          group: this.#group,
          member: this.#member,
          generation,
        },
        this.#cluster.settings.sessionTimeoutMs,
      );
      if (this.#beating !== mine) return;
      if (error === 0 || error === kafkaCode.rebalanceInProgress)
        this.#lastBeat = performance.now();
      if (error === kafkaCode.rebalanceInProgress) say('rebalance');
      else if (error === kafkaCode.unknownMember || error === kafkaCode.illegalGeneration) {
        if (error === kafkaCode.unknownMember) this.#member = '';
        this.#stopBeating();
        say('lost');
        return;
      } else if (mayTryAgain(error) === 'look up') {
        this.#cluster.forgetCoordinator('group', this.#group);
      } else if (await this.#hasGrown()) say('rebalance');
    } catch (error) {
      this.#cluster.settings.onLog(`heartbeat of group ${this.#group}: ${String(error)}`);
    }
    if (this.#beating !== mine) return;
    if (performance.now() - this.#lastBeat > this.#cluster.settings.sessionTimeoutMs) {
      this.#stopBeating();
      say('lost');
    }
  }

  /** The leader looks now and then whether a topic got more partitions: nobody would read those. */
  async #hasGrown(): Promise<boolean> {
    const divided = this.#divided;
    const dueAt = this.#countedAt + this.#cluster.settings.partitionsCheckMs;
    if (divided === null || performance.now() < dueAt) return false;
    this.#countedAt = performance.now();
    for (const [topic, count] of divided) {
      const found = await this.#cluster.describe(topic);
      if (found && found.partitions.length > count) return true;
    }
    return false;
  }

  #stopBeating(): void {
    if (this.#beating) clearInterval(this.#beating);
    this.#beating = null;
  }

  #ask<Request, Answer>(
    message: Message<Request, Answer>,
    request: Request,
    timeoutMs?: number,
  ): Promise<Answer> {
    return this.#cluster.askCoordinator(
      'group',
      this.#group,
      this.#purpose,
      message,
      request,
      timeoutMs,
    );
  }
}
