import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/event/configuration.ts';
import { usualWords } from '../../src/task/catalogue.ts';
import { OPEN, problems } from './support.ts';

const USUAL = { ...OPEN, usual: usualWords(defaultConfiguration()) };

function found(source: string): string[] {
  return problems(source, USUAL);
}

describe('names one slip away from usual ones', () => {
  it('types and fields of a pattern', () => {
    const file = `
id: a
key: conversation_id
within: 1h
steps:
  - {as: proposal, on: meetng_proposal}
  - {on: [meeting_accept, price_ofer], where: event.amonut > 3}
emit: {type: out, data: {place: "\${proposal.locaton_name}"}}
`;
    expect(found(file).map((line) => line.replace(/ Where it is .*$/, ''))).toEqual([
      '6:5 unknown-type: "meetng_proposal" is not the type of a usual event. Did you mean "meeting_proposal"?',
      '7:5 unknown-type: "price_ofer" is not the type of a usual event. Did you mean "price_offer"?',
      '7:47 unknown-field: "amonut" is not a usual field. Did you mean "amount"?',
      '8:7 unknown-field: "locaton_name" is not a usual field. Did you mean "location_name"?',
    ]);
  });

  it('fields in everything that a record says of its receiver', () => {
    const file = `
id: a
key: conversation_id
steps: [{as: offer, on: price_offer}]
emit:
  type: out
  locale: "\${offer.langage}"
  recipient: "\${offer.recipent_id}"
  atMost: {times: 1, per: 1h, by: "\${offer.amonut}"}
  quietHours: {from: "22:00", to: "07:00", zone: "\${offer.locaton_name}"}
`;
    expect(found(file).map((line) => /"[^"]+"\?/.exec(line)?.[0])).toEqual([
      '"recipient_id"?', '"language"?', '"amount"?', '"location_name"?',
    ]);
  });

  it('types and fields of a segment', () => {
    const file = `
id: a
key: user_id
member:
  any:
    - {sum: amuont, on: price_offers, within: 1d, atLeast: 5}
    - {latest: dma_nam, is: Detroit, on: price_offer}
`;
    expect(found(file).map((line) => /"[^"]+"\?/.exec(line)?.[0])).toEqual([
      '"price_offer"?', '"amount"?', '"dma_name"?',
    ]);
  });

  it('nothing is said of names that are merely other ones, or that the tests of the file give', () => {
    const file = `
id: a
key: conversation_id
within: 1h
steps: [{on: listing_viewed, where: event.amounts == 1}, accepted]
emit: out
tests:
  - name: t
    given: [{at: 0s, type: listing_viewed, conversation_id: c, amounts: 1}]
    expect: []
`;
    expect(found(file)).toEqual([]);
  });
});
