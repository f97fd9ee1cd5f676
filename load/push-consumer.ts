/**
 * A push provider behind `parley.derived`: reads committed records and sends each notification once.
 * Exactly once holds up to the topic; behind it the id of a record does: the provider remembers the ids
 * it sent, so that a restart of this consumer sends nothing twice.
 *
 *     KAFKA_BROKERS=127.0.0.1:9092 node load/push-consumer.ts [prefix]
 */
import { Kafka, logLevel } from 'kafkajs';

/** Stands for the provider's own store, which outlives this process. */
class PushProvider {
  readonly #sent = new Set<string>();

  /** Idempotent by `id`: providers call it a deduplication or idempotency key. */
  send(id: string, to: string, title: string): void {
    if (this.#sent.has(id)) return;
    this.#sent.add(id);
    process.stdout.write(`${id}  to ${to}: ${title}\n`);
  }
}

interface Notification {
  readonly id: string;
  readonly type: string;
  readonly recipient?: string;
  readonly expirytime?: string;
  readonly subject: string;
  readonly data: { readonly title?: string };
}

const prefix = process.argv[2] ?? 'parley.';
const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const kafka = new Kafka({ clientId: 'push', brokers, logLevel: logLevel.ERROR });
// One transactional producer writes a partition at a time; kafkajs reads such topics correctly.
const consumer = kafka.consumer({ groupId: `${prefix}push`, readUncommitted: false });
const provider = new PushProvider();
await consumer.connect();
await consumer.subscribe({ topic: `${prefix}derived`, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    if (message.value === null) return;
    const record = JSON.parse(message.value.toString()) as Notification;
    const { title } = record.data;
    if (title === undefined) return;
    if (record.expirytime !== undefined && Date.parse(record.expirytime) < Date.now()) return;
    provider.send(record.id, record.recipient ?? record.subject, title);
  },
});
