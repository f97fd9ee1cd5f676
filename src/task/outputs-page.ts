import { OUTPUT_ROLES, TOPIC_SETTINGS } from '../event/topics.ts';
import { outputJsonSchema } from './output-schemas.ts';

/** The contract page for consumers, `OUTPUTS.md`: made from the schemas, kept fresh by a test. */

type OutputRole = (typeof OUTPUT_ROLES)[number];

const TOPICS: { readonly [role in OutputRole]: { readonly key: string; readonly what: string } } = {
  derived: {
    key: 'the output key: `emit.key`, else the key of the run',
    what: 'Matches, time-outs and absences of patterns.',
  },
  intents: { key: 'the conversation', what: 'Structured intents taken from chat.' },
  segments: { key: 'the member', what: 'Who entered and exited which segment, and why.' },
  memberships: {
    key: 'JSON array `["<segment>","<member>"]`',
    what: 'Who is a member now: the newest record of each key. A null value means: no member.',
  },
  late: {
    key: 'the key of the state concerned; the output key for a withheld record',
    what: 'Side output: late events, withheld derived records, dropped partial matches.',
  },
  'dead-letter': {
    key: '`<topic>/<partition>/<offset>` of the source',
    what: 'Records that could not be read, with the reason.',
  },
  'dirty-hours': {
    key: '`<event type>@<hour>`',
    what: 'Hours of event time that got a late event: what a batch job should compute again.',
  },
};

export function outputsPage(): string {
  return `${INTRODUCTION}\n${OUTPUT_ROLES.map(section).join('\n')}`;
}

const INTRODUCTION = `# Outputs of Parley

This page is made from \`output-schemas.ts\`; \`npx vitest run test/task/outputs.test.ts -u\` writes
it. A consumer needs nothing but this page.

- Topic names are the prefix of the configuration (\`parley.\` unless changed) and the name below.
- Keys and values are UTF-8; values are one JSON object each. There are no headers. New fields may
  come; a field that is here does not change its meaning.
- Read with \`isolation.level=read_committed\`: a transaction that failed leaves records behind that
  were never true.
- Exactly once holds up to the topic. What a consumer does behind it (a push, a call) it makes
  idempotent by \`id\`: the same record has the same id in every run over the same events, on Kafka
  and embedded.
- The partition is murmur2 of the key, as Kafka's default partitioner has it. Records of one key and
  one pattern (or segment, or conversation) are in order; those of different levels may come a
  moment apart.
- Times in the values are event times in ISO 8601 UTC, never the time of emission.
- \`atMost\` of a pattern file with \`by\` limits what is written to \`derived\`. Patterns and segments
  that listen to the emitted type see each match before this limit.

The id of a derived record is the first 32 hexadecimal digits of the SHA-256 of the JSON array
\`[pattern id, version, key of the run, kind, ids of the events in step order, type, deadline in
ms or null, ordinal]\`; the ordinal counts records of otherwise equal identity from 0.
`;

function section(role: OutputRole): string {
  const { key, what } = TOPICS[role];
  const policy = TOPIC_SETTINGS[role]['cleanup.policy'] === 'compact' ? 'compacted' : 'append only';
  const schema = JSON.stringify(outputJsonSchema(role), null, 2);
  return `## ${role}

${what}

- Key: ${key}
- Kind: ${policy}

\`\`\`json
${schema}
\`\`\`
`;
}
