/**
 * A push provider behind `parley.derived`: reads committed records and sends each notification once.
 * Exactly once holds up to the topic; behind it the id of a record does: the provider remembers the ids
 * it sent, so that a restart of this consumer sends nothing twice.
 *
 *     KAFKA_BROKERS=127.0.0.1:9092 node load/push-consumer.ts [prefix]
 *
 * Any client that honours `read_committed` will do (librdkafka, the Java client). kafkajs 2.2.4 does
 * not where several producers aborted on one partition, so Parley's own reader is used here.
 */
import { openKafkaLog } from '../src/adapters/kafka/kafka-log.ts';

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
  readonly recipient?: string;
  readonly expirytime?: string;
  readonly subject: string;
  readonly data: { readonly title?: string };
}

const topic = `${process.argv[2] ?? 'parley.'}derived`;
const log = await openKafkaLog({
  brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(','),
  clientId: 'push',
});
const provider = new PushProvider();
const partitions = (await log.describeTopic(topic))?.partitions ?? 0;
const reader = log.openReader('committed');
// From the start each time: the provider, not a position, keeps it from sending twice.
for (let partition = 0; partition < partitions; partition++) reader.assign({ topic, partition }, 0);
process.once('SIGINT', () => process.exit(0));
for (;;) {
  for (const { records } of await reader.poll(500, 1_000_000)) {
    for (const { value } of records) {
      if (value === null) continue;
      const record = JSON.parse(Buffer.from(value).toString()) as Notification;
      const { title } = record.data;
      if (title === undefined) continue;
      if (record.expirytime !== undefined && Date.parse(record.expirytime) < Date.now()) continue;
      provider.send(record.id, record.recipient ?? record.subject, title);
    }
  }
}
