import { LogError } from '../../ports/event-log.ts';
import type { MemoryPartition, Span } from './partition.ts';

/** Told to try again: CONCURRENT_TRANSACTIONS of Kafka. It certainly did nothing. */
export class ConcurrentTransactions extends Error {}

export interface ProducerSession {
  readonly producerId: number;
  readonly epoch: number;
}

/** Something that takes part in a transaction beside partitions: offsets of a group. */
export interface Participant {
  settle(outcome: 'commit' | 'abort'): void;
}

interface Transaction {
  readonly spans: Map<MemoryPartition, Span>;
  readonly participants: Participant[];
  readonly startedAt: number;
}

interface Holder {
  readonly producerId: number;
  epoch: number;
  timeoutMs: number;
  open: Transaction | null;
  /** Markers of the transaction that ended and are still on their way. */
  markersUnderWay: number;
  /** How the transaction of the epoch before ended, for an EndTxn that is asked again. */
  ended: { readonly epoch: number; readonly outcome: 'commit' | 'abort' } | null;
}

export interface TransactionOptions {
  readonly now: () => number;
  /** Delivers a marker now or later; later ones arrive partition by partition. */
  readonly deliverMarker: (deliver: () => void) => void;
  /** 2: every EndTxn bumps the epoch, late messages are refused. 1: as before Kafka 4. */
  readonly version: 1 | 2;
}

/** The transaction coordinator. */
export class Transactions {
  readonly #holders = new Map<string, Holder>();
  readonly #options: TransactionOptions;
  #nextProducerId = 1;

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  /** Transactional ids that were ever used. */
  ids(): readonly string[] {
    return [...this.#holders.keys()];
  }

  /** InitProducerId: aborts what is open, fences the holder before. */
  init(transactionalId: string, timeoutMs: number): ProducerSession {
    const holder = this.#holders.get(transactionalId);
    if (holder === undefined) {
      const made = {
        producerId: this.#nextProducerId++,
        epoch: 0,
        timeoutMs,
        open: null,
        markersUnderWay: 0,
        ended: null,
      };
      this.#holders.set(transactionalId, made);
      return { producerId: made.producerId, epoch: 0 };
    }
    if (holder.open !== null) {
      holder.epoch++;
      this.#end(holder, 'abort');
    }
    if (holder.markersUnderWay > 0) throw new ConcurrentTransactions();
    holder.epoch++;
    holder.timeoutMs = timeoutMs;
    holder.ended = null;
    return { producerId: holder.producerId, epoch: holder.epoch };
  }

  /** The transaction that a request of this session belongs to; begins it. */
  join(transactionalId: string, session: ProducerSession): TransactionHandle {
    const holder = this.#holderOf(transactionalId, session);
    if (holder.markersUnderWay > 0) throw new ConcurrentTransactions();
    holder.open ??= { spans: new Map(), participants: [], startedAt: this.#options.now() };
    const transaction = holder.open;
    return {
      spanOn: (partition) => {
        const span = transaction.spans.get(partition) ?? partition.openSpan();
        transaction.spans.set(partition, span);
        return span;
      },
      add: (participant) => transaction.participants.push(participant),
    };
  }

  end(
    transactionalId: string,
    session: ProducerSession,
    outcome: 'commit' | 'abort',
  ): ProducerSession {
    const known = this.#holders.get(transactionalId);
    if (known?.ended?.epoch === session.epoch && known.epoch === session.epoch + 1) {
      if (known.ended.outcome === outcome) return { ...session, epoch: known.epoch };
      throw new LogError('UNKNOWN', 'INVALID_TXN_STATE: it ended otherwise', { definite: true });
    }
    const holder = this.#holderOf(transactionalId, session);
    if (holder.open === null && outcome === 'commit') {
      throw new LogError('UNKNOWN', 'INVALID_TXN_STATE: nothing is open', { definite: true });
    }
    if (this.#options.version === 2) {
      holder.ended = { epoch: session.epoch, outcome };
      holder.epoch++;
    }
    this.#end(holder, outcome);
    return { producerId: holder.producerId, epoch: holder.epoch };
  }

  /** Aborts transactions that are open for longer than their time-out, and fences them. */
  expire(): void {
    for (const holder of this.#holders.values()) {
      if (holder.open && holder.open.startedAt + holder.timeoutMs <= this.#options.now()) {
        holder.epoch++;
        holder.ended = null;
        this.#end(holder, 'abort');
      }
    }
  }

  #holderOf(transactionalId: string, session: ProducerSession): Holder {
    const holder = this.#holders.get(transactionalId);
    if (holder === undefined || holder.epoch !== session.epoch) {
      throw new LogError('FENCED', `producer epoch ${session.epoch} is not in force`, {
        definite: true,
      });
    }
    return holder;
  }

  #end(holder: Holder, outcome: 'commit' | 'abort'): void {
    const transaction = holder.open;
    holder.open = null;
    if (transaction === null) return;
    const settle: (() => void)[] = [];
    for (const [partition, span] of transaction.spans) {
      settle.push(() => partition.close(span, outcome, this.#options.now()));
    }
    for (const participant of transaction.participants) {
      settle.push(() => participant.settle(outcome));
    }
    holder.markersUnderWay += settle.length;
    for (const one of settle) {
      this.#options.deliverMarker(() => {
        one();
        holder.markersUnderWay--;
      });
    }
  }
}

export interface TransactionHandle {
  spanOn(partition: MemoryPartition): Span;
  add(participant: Participant): void;
}
