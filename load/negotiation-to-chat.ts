/**
 * Turns negotiation dialogues (JSON lines: `id`, `category`, `title`, `listing_price`, `turns`) into
 * chat events, JSON lines on stdout:
 *
 *     node load/negotiation-to-chat.ts negotiation.jsonl | npm run -s parley -- dev --input - --speed max --drain
 *
 * A dialogue starts every ten minutes and a turn follows after 40 seconds. Messages become
 * `chat_message`; what people did with buttons (offer, accept, reject, quit) becomes
 * `form_offer`, `form_accept`, `form_reject`, `form_quit`, which no shipped definition reads: they are
 * the answer that the derived events can be held against.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readCommandLine } from './command-line.ts';

interface Dialogue {
  readonly id: string;
  readonly category: string;
  readonly title: string;
  readonly listing_price: number;
  readonly turns: readonly {
    readonly speaker: 'buyer' | 'seller';
    readonly act: 'message' | 'offer' | 'accept' | 'reject' | 'quit';
    readonly text?: string;
    readonly price?: number;
  }[];
}

const FIRST = Date.UTC(2026, 10, 2, 8);
const BETWEEN_DIALOGUES_MS = 600_000;
const BETWEEN_TURNS_MS = 40_000;

const { operands: [file = ''] } = readCommandLine(
  'node load/negotiation-to-chat.ts',
  'Turns negotiation dialogues into chat events, JSON lines on stdout.',
  {},
  [{ name: 'file', about: 'JSON lines of dialogues' }],
);
const events: { time: number; text: string }[] = [];
let index = 0;
for await (const line of createInterface({ input: createReadStream(file) })) {
  if (line.trim() !== '') events.push(...chatEvents(JSON.parse(line) as Dialogue, index++));
}
events.sort((a, b) => a.time - b.time);
for (const { text } of events) process.stdout.write(`${text}\n`);

function chatEvents(dialogue: Dialogue, number: number): { time: number; text: string }[] {
  const start = FIRST + number * BETWEEN_DIALOGUES_MS;
  return dialogue.turns.map((turn, position) => {
    const time = start + position * BETWEEN_TURNS_MS;
    const buyer = `buyer-${dialogue.id}`;
    const seller = `seller-${dialogue.id}`;
    const fromBuyer = turn.speaker === 'buyer';
    const event = {
      id: `${dialogue.id}-${position}`,
      type: turn.act === 'message' ? 'chat_message' : `form_${turn.act}`,
      time: new Date(time).toISOString(),
      conversation_id: dialogue.id,
      user_id: fromBuyer ? buyer : seller,
      recipient_id: fromBuyer ? seller : buyer,
      role: turn.speaker,
      language: 'en',
      country: 'US',
      listing_id: `listing-${dialogue.id}`,
      category: dialogue.category,
      price: dialogue.listing_price,
      currency: 'USD',
      ...(turn.text === undefined ? {} : { text: turn.text }),
      ...(turn.price === undefined ? {} : { amount: turn.price }),
    };
    return { time, text: JSON.stringify(event) };
  });
}
