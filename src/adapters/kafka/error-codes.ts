import { LogError, type LogErrorCode, type TopicPartition } from '../../ports/event-log.ts';

/** Codes this client acts on by name. */
export const kafkaCode = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  invalidTransactionState: 48,
  concurrentTransactions: 51,
  memberIdRequired: 79,
  unstableOffsetCommit: 88,
  producerFenced: 90,
} as const;

type Meaning = {
  name: string;
  code: LogErrorCode;
  /** The broker may have done it all the same. */
  indefinite?: true;
  /** The same request may be sent again; after a look-up where leader or coordinator moved. */
  again?: 'same place' | 'look up';
};

/** Kafka's error codes that the messages of this client can answer with. */
const meanings: { [code: number]: Meaning } = {
  1: { name: 'OFFSET_OUT_OF_RANGE', code: 'OFFSET_OUT_OF_RANGE' },
  2: { name: 'CORRUPT_MESSAGE', code: 'UNKNOWN' },
  3: { name: 'UNKNOWN_TOPIC_OR_PARTITION', code: 'TOPIC_MISSING', again: 'look up' },
  5: { name: 'LEADER_NOT_AVAILABLE', code: 'UNAVAILABLE', again: 'look up' },
  6: { name: 'NOT_LEADER_OR_FOLLOWER', code: 'UNAVAILABLE', again: 'look up' },
  7: { name: 'REQUEST_TIMED_OUT', code: 'UNKNOWN', indefinite: true },
  8: { name: 'BROKER_NOT_AVAILABLE', code: 'UNAVAILABLE', again: 'look up' },
  9: { name: 'REPLICA_NOT_AVAILABLE', code: 'UNAVAILABLE', again: 'look up' },
  10: { name: 'MESSAGE_TOO_LARGE', code: 'RECORD_TOO_LARGE' },
  12: { name: 'OFFSET_METADATA_TOO_LARGE', code: 'RECORD_TOO_LARGE' },
  14: { name: 'COORDINATOR_LOAD_IN_PROGRESS', code: 'UNAVAILABLE', again: 'same place' },
  15: { name: 'COORDINATOR_NOT_AVAILABLE', code: 'UNAVAILABLE', again: 'look up' },
  16: { name: 'NOT_COORDINATOR', code: 'UNAVAILABLE', again: 'look up' },
  17: { name: 'INVALID_TOPIC_EXCEPTION', code: 'TOPIC_MISSING' },
  18: { name: 'RECORD_LIST_TOO_LARGE', code: 'RECORD_TOO_LARGE' },
  19: { name: 'NOT_ENOUGH_REPLICAS', code: 'UNAVAILABLE', again: 'same place' },
  20: { name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', code: 'UNKNOWN', indefinite: true },
  22: { name: 'ILLEGAL_GENERATION', code: 'FENCED' },
  25: { name: 'UNKNOWN_MEMBER_ID', code: 'FENCED' },
  27: { name: 'REBALANCE_IN_PROGRESS', code: 'FENCED' },
  29: { name: 'TOPIC_AUTHORIZATION_FAILED', code: 'NOT_AUTHORIZED' },
  30: { name: 'GROUP_AUTHORIZATION_FAILED', code: 'NOT_AUTHORIZED' },
  31: { name: 'CLUSTER_AUTHORIZATION_FAILED', code: 'NOT_AUTHORIZED' },
  35: { name: 'UNSUPPORTED_VERSION', code: 'UNSUPPORTED_BROKER' },
  41: { name: 'NOT_CONTROLLER', code: 'UNAVAILABLE', again: 'look up' },
  45: { name: 'OUT_OF_ORDER_SEQUENCE_NUMBER', code: 'UNKNOWN' },
  47: { name: 'INVALID_PRODUCER_EPOCH', code: 'FENCED' },
  48: { name: 'INVALID_TXN_STATE', code: 'FENCED' },
  49: { name: 'INVALID_PRODUCER_ID_MAPPING', code: 'FENCED' },
  51: { name: 'CONCURRENT_TRANSACTIONS', code: 'UNAVAILABLE', again: 'same place' },
  53: { name: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', code: 'NOT_AUTHORIZED' },
  56: { name: 'KAFKA_STORAGE_ERROR', code: 'DISK_FULL', again: 'look up' },
  58: { name: 'SASL_AUTHENTICATION_FAILED', code: 'NOT_AUTHORIZED' },
  59: { name: 'UNKNOWN_PRODUCER_ID', code: 'FENCED' },
  74: { name: 'FENCED_LEADER_EPOCH', code: 'UNAVAILABLE', again: 'look up' },
  75: { name: 'UNKNOWN_LEADER_EPOCH', code: 'UNAVAILABLE', again: 'look up' },
  78: { name: 'OFFSET_NOT_AVAILABLE', code: 'UNAVAILABLE', again: 'same place' },
  79: { name: 'MEMBER_ID_REQUIRED', code: 'UNAVAILABLE' },
  81: { name: 'GROUP_MAX_SIZE_REACHED', code: 'UNAVAILABLE' },
  88: { name: 'UNSTABLE_OFFSET_COMMIT', code: 'UNAVAILABLE', again: 'same place' },
  89: { name: 'THROTTLING_QUOTA_EXCEEDED', code: 'UNAVAILABLE', again: 'same place' },
  90: { name: 'PRODUCER_FENCED', code: 'FENCED' },
  120: { name: 'TRANSACTION_ABORTABLE', code: 'UNKNOWN' },
};

/** Whether, and where, the same request may be sent again; undefined for all other codes. */
export function mayTryAgain(error: number): 'same place' | 'look up' | undefined {
  return meanings[error]?.again;
}

/** The error of a broker's answer. An answer nobody here knows is an unknown outcome (rule 11). */
export function answeredError(error: number, during: string, at?: TopicPartition): LogError {
  const meaning = meanings[error];
  const place = at ? ` on ${at.topic}/${at.partition}` : '';
  const text = `${during}${place}: the broker answered ${error} ${meaning?.name ?? 'unknown code'}`;
  return new LogError(meaning?.code ?? 'UNKNOWN', text, {
    definite: meaning !== undefined && meaning.indefinite !== true,
    ...(at ? { at } : {}),
  });
}
