import {
  type Assignment,
  type CommittedOffset,
  type GroupIdentity,
  LogError,
  type OffsetToCommit,
  type TopicPartition,
} from '../../ports/event-log.ts';
import { taskName } from '../../ports/changelog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Outcome } from './link.ts';
import type { Participant } from './transactions.ts';

interface Member {
  /** Where it lives; a session time-out is noticed by that. */
  readonly client: string;
  readonly topics: readonly string[];
  readonly notify: (why: 'rebalance' | 'lost') => void;
  /** Waits for the new generation. */
  reply: ((outcome: Outcome<Assignment>) => void) | null;
}

export interface GroupOptions {
  readonly rebalanceTimeoutMs: number;
  readonly clock: Clock;
  readonly partitionsOf: (topic: string) => number;
  /** Order in which members are dealt partitions. */
  readonly order: (members: readonly string[]) => readonly string[];
}

/** The coordinator of one consumer group: members, generations, offsets. */
export class MemoryGroup {
  readonly name: string;
  readonly #options: GroupOptions;
  readonly #members = new Map<string, Member>();
  readonly #offsets = new Map<string, CommittedOffset>();
  /** Offsets accepted in transactions whose marker has not arrived, by partition. */
  readonly #pending = new Map<string, number>();
  #generation = 0;
  #preparing = false;
  /** Aborted when the group is complete: nothing is waited for any more. */
  #deadline = new AbortController();
  #nextMember = 1;

  constructor(name: string, options: GroupOptions) {
    this.name = name;
    this.#options = options;
  }

  /** Member id and client of each. */
  get members(): readonly { readonly id: string; readonly client: string }[] {
    return [...this.#members].map(([id, { client }]) => ({ id, client }));
  }

  /** Joins or rejoins; an unknown member gets a new id. Replies when the generation is complete. */
  join(
    known: string | null,
    member: Omit<Member, 'reply'>,
    reply: (outcome: Outcome<Assignment>) => void,
  ): void {
    const id = known !== null && this.#members.has(known) ? known : `m${this.#nextMember++}`;
    this.#members.set(id, { ...member, reply });
    this.#prepare();
    this.#completeIfAll();
  }

  /** The member left, or did not answer for a session time-out. */
  remove(id: string, why: 'left' | 'lost'): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    if (why === 'lost') member.notify('lost');
    member.reply?.({
      error: new LogError('FENCED', `UNKNOWN_MEMBER_ID ${id}`, { definite: true }),
    });
    if (this.#members.size === 0) this.#prepared();
    else this.#prepare();
    this.#completeIfAll();
  }

  /** The group asks everybody to rejoin for no reason of its own. */
  disturb(): void {
    if (this.#members.size > 0) this.#prepare();
  }

  /** Refuses what comes from an older generation or from nobody (KIP-447). */
  check(identity: GroupIdentity): void {
    if (!this.#members.has(identity.member)) {
      throw new LogError('FENCED', `UNKNOWN_MEMBER_ID ${identity.member}`, { definite: true });
    }
    if (identity.generation !== this.#generation) {
      const message = `ILLEGAL_GENERATION ${identity.generation}, it is ${this.#generation}`;
      throw new LogError('FENCED', message, { definite: true });
    }
  }

  store(offsets: readonly OffsetToCommit[]): void {
    for (const one of offsets) {
      this.#offsets.set(taskName(one), { offset: one.offset, metadata: one.metadata });
    }
  }

  /** Offsets accepted in a transaction: pending until its marker arrives. */
  hold(offsets: readonly OffsetToCommit[]): Participant {
    for (const one of offsets) this.#count(one, 1);
    return {
      settle: (outcome) => {
        for (const one of offsets) this.#count(one, -1);
        if (outcome === 'commit') this.store(offsets);
      },
    };
  }

  committed(at: TopicPartition, requireStable: boolean): CommittedOffset | null {
    if (requireStable && (this.#pending.get(taskName(at)) ?? 0) > 0) return null;
    return this.#offsets.get(taskName(at)) ?? { offset: -1, metadata: '' };
  }

  #count(at: TopicPartition, by: number): void {
    this.#pending.set(taskName(at), (this.#pending.get(taskName(at)) ?? 0) + by);
  }

  #prepare(): void {
    if (this.#preparing) return;
    this.#preparing = true;
    for (const member of this.#members.values()) {
      if (member.reply === null) member.notify('rebalance');
    }
    const { clock, rebalanceTimeoutMs } = this.#options;
    const { signal } = (this.#deadline = new AbortController());
    void clock.sleep(rebalanceTimeoutMs, signal).then(() => {
      if (signal.aborted || !this.#preparing) return;
      for (const [id, member] of this.#members) {
        if (member.reply !== null) continue;
        this.#members.delete(id);
        member.notify('lost');
      }
      this.#completeIfAll();
    });
  }

  #prepared(): void {
    this.#preparing = false;
    this.#deadline.abort();
  }

  #completeIfAll(): void {
    if (!this.#preparing || this.#members.size === 0) return;
    for (const member of this.#members.values()) if (member.reply === null) return;
    this.#prepared();
    this.#generation++;
    const order = this.#options.order([...this.#members.keys()].sort());
    const dealt = new Map<string, TopicPartition[]>(order.map((id) => [id, []]));
    const topics = new Set([...this.#members.values()].flatMap((member) => member.topics));
    let turn = 0;
    for (const topic of [...topics].sort()) {
      for (let partition = 0; partition < this.#options.partitionsOf(topic); partition++) {
        dealt.get(order[turn++ % order.length] as string)?.push({ topic, partition });
      }
    }
    for (const [id, member] of this.#members) {
      const identity = { group: this.name, member: id, generation: this.#generation };
      const reply = member.reply;
      member.reply = null;
      reply?.({ value: { identity, partitions: dealt.get(id) ?? [] } });
    }
  }
}
