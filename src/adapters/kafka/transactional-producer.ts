import { taskName } from '../../ports/changelog.ts';
import {
  LogError,
  type AppendResult,
  type GroupIdentity,
  type OffsetToCommit,
  type PartitionRecords,
  type TransactionalProducer,
} from '../../ports/event-log.ts';
import { appendRounds, type SequenceOf } from './append.ts';
import type { Cluster } from './cluster.ts';
import { kafkaCode } from './error-codes.ts';
import { untilDefinite } from './until-definite.ts';
import {
  endTxn,
  initProducerId,
  txnOffsetCommit,
  type ProducerIdentity,
} from './wire/transactions.ts';

const purpose = 'transaction';
/** Pause before asking again while the markers of the last transaction are written. */
const retryFirstMs = 2;
const retryMaxMs = 20;

/** Transaction version 2 (KIP-890 part 2) over plain requests: facts 3.5. */
export class KafkaTransactionalProducer implements TransactionalProducer {
  readonly transactionalId: string;
  readonly #cluster: Cluster;
  readonly #timeoutMs: number;
  #identity: ProducerIdentity | null = null;
  /** Next sequence number by `topic/partition`; all start at 0 with each epoch. */
  readonly #sequences = new Map<string, number>();
  #begun = false;

  constructor(cluster: Cluster, transactionalId: string, timeoutMs: number) {
    this.#cluster = cluster;
    this.transactionalId = transactionalId;
    this.#timeoutMs = timeoutMs;
  }

  async init(): Promise<void> {
    this.#identity = null;
    const identity = await initProducer(this.#cluster, this.transactionalId, this.#timeoutMs);
    this.#startEpoch(identity);
  }

  async sendOffsets(identity: GroupIdentity, offsets: readonly OffsetToCommit[]): Promise<void> {
    const { group, member, generation } = identity;
    const request = {
      transactionalId: this.transactionalId,
      group,
      member,
      generation,
      offsets,
      ...this.#producer(),
    };
    if (offsets.length === 0) return;
    this.#begun = true;
    await untilDefinite(
      this.#timeoutMs,
      async () => {
        const answers = await this.#cluster.askCoordinator(
          'group',
          group,
          purpose,
          txnOffsetCommit,
          request,
        );
        const refused = answers.find(({ error }) => error !== 0);
        if (!refused) return 'accepted';
        const during = 'committing offsets in a transaction';
        return this.#cluster.refused(refused.error, 'group', group, during, refused);
      },
      retryFirstMs,
      retryMaxMs,
    );
  }

  async append(batches: readonly PartitionRecords[]): Promise<readonly AppendResult[]> {
    const { producerId, epoch } = this.#producer();
    if (batches.every(({ records }) => records.length === 0)) return [];
    this.#begun = true;
    const take: SequenceOf = (at, count) => {
      const name = taskName(at);
      const sequence = this.#sequences.get(name) ?? 0;
      // Kafka's sequence numbers wrap after 2^31 - 1; an epoch is over long before that.
      this.#sequences.set(name, sequence + count);
      return { producerId, epoch, sequence };
    };
    return appendRounds(this.#cluster, purpose, batches, {
      transactionalId: this.transactionalId,
      take,
    });
  }

  /**
   * A lost answer is asked for again with the same epoch: 0 if that outcome is what happened,
   * 48 if the other one did (facts 3.5).
   */
  async end(outcome: 'commit' | 'abort'): Promise<void> {
    const request = {
      transactionalId: this.transactionalId,
      commit: outcome === 'commit',
      ...this.#producer(),
    };
    if (!this.#begun) return;
    const during = `ending a transaction (${outcome})`;
    let answerLost = false;
    const answer = await untilDefinite(
      this.#timeoutMs,
      async () => {
        let answered;
        try {
          answered = await this.#cluster.askCoordinator(
            'transaction',
            this.transactionalId,
            purpose,
            endTxn,
            request,
            this.#endAnswerMs(),
          );
        } catch (error) {
          if (!(error instanceof LogError) || error.code === 'NOT_AUTHORIZED') throw error;
          answerLost ||= !error.definite;
          return answerLost ? notCertain(error) : error;
        }
        if (answered.error === 0) return answered;
        // Fenced after a lost answer: it may have been committed before somebody took the id over.
        const certain = answered.error === kafkaCode.invalidTransactionState || !answerLost;
        try {
          const again = this.#cluster.refused(
            answered.error,
            'transaction',
            this.transactionalId,
            during,
          );
          return certain ? again : notCertain(again);
        } catch (error) {
          throw certain ? error : notCertain(error as LogError);
        }
      },
      retryFirstMs,
      retryMaxMs,
    );
    this.#startEpoch(answer);
  }

  async close(): Promise<void> {
    this.#identity = null;
  }

  /** Several questions fit into the time the transaction may live. */
  #endAnswerMs(): number {
    return Math.min(this.#cluster.settings.requestTimeoutMs, Math.ceil(this.#timeoutMs / 3));
  }

  #producer(): ProducerIdentity {
    if (this.#identity) return this.#identity;
    throw new LogError('FENCED', `the producer ${this.transactionalId} is not initialised`, {
      definite: true,
    });
  }

  #startEpoch({ producerId, epoch }: ProducerIdentity): void {
    this.#identity = { producerId, epoch };
    this.#sequences.clear();
    this.#begun = false;
  }
}

/** InitProducerId: aborts what the holder of the id has open, and fences it. */
export async function initProducer(
  cluster: Cluster,
  transactionalId: string,
  timeoutMs: number,
): Promise<ProducerIdentity> {
  const request = { transactionalId, timeoutMs };
  return untilDefinite(
    cluster.settings.requestTimeoutMs,
    async () => {
      const answer = await cluster.askCoordinator(
        'transaction',
        transactionalId,
        purpose,
        initProducerId,
        request,
      );
      if (answer.error === 0) return answer;
      return cluster.refused(
        answer.error,
        'transaction',
        transactionalId,
        'initialising the producer',
      );
    },
    retryFirstMs,
    retryMaxMs,
  );
}

function notCertain(error: LogError): LogError {
  return error.definite
    ? new LogError(error.code, error.message, { definite: false, cause: error })
    : error;
}
