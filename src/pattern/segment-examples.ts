/** Examples of segments for the reference page; run as tests. */

import { file } from './example.ts';
import type { Example } from './example.ts';

export const SEGMENT_EXAMPLES: readonly Example[] = [
  {
    title: 'Segments: counts in a window',
    text:
      'A segment is a file with `member`. `{on, within, atLeast}` counts events; without ' +
      '`atLeast` it asks whether there was one.',
    source: file`
id: active-viewers
key: user_id
member: {on: listing_viewed, where: event.category == "sofa", within: 1d, atLeast: 2}
tests:
  - name: two views in a day
    given:
      - {at: 0s, type: listing_viewed, user_id: u1, category: sofa}
      - {at: 2h, type: listing_viewed, user_id: u1, category: table}
      - {at: 3h, type: listing_viewed, user_id: u1, category: sofa}
    expect: [{at: 3h, entered: u1}, {at: 1d, exited: u1}]
`,
  },
  {
    title: 'Segments: different values and sums',
    text:
      '`distinct` counts the different values of a field, `sum` adds a field up; both over ' +
      'the window.',
    source: file`
id: broad-buyers
key: user_id
member:
  any:
    - {distinct: category, on: listing_viewed, within: 1d, atLeast: 3}
    - {sum: amount, on: price_offer, within: 1d, atLeast: 500}
tests:
  - name: three categories
    given:
      - {at: 0s, type: listing_viewed, user_id: u1, category: sofa}
      - {at: 1h, type: listing_viewed, user_id: u1, category: table}
      - {at: 2h, type: listing_viewed, user_id: u1, category: bike}
    expect: [{at: 2h, entered: u1}, {at: 1d, exited: u1}]
`,
  },
  {
    title: 'Segments: the latest value, a region, another segment',
    text:
      '`latest` looks at the newest event that has the field: `is`, `isNot`, `atLeast`, ' +
      '`atMost`, `above`, `below`. `region` asks whether the latest position lies in a ' +
      'place. `segment` asks another segment, `matched` whether a pattern emitted something, ' +
      '`not` for the contrary.',
    source: file`
id: detroit-regulars
key: user_id
member:
  all:
    - {latest: rating, above: 3, atMost: 5, on: profile_rated}
    - {latest: level, isNot: blocked, atLeast: 2, below: 9, on: profile_rated}
    - {latest: language, is: [en, es], on: profile_rated}
    - {region: Detroit, on: listing_viewed, within: 30d}
    - not: {matched: offer_lapsed, within: 7d}
tests:
  - name: a good rating, seen in Detroit
    given:
      - {at: 0s, type: profile_rated, user_id: u1, rating: 4, level: 3, language: en}
      - {at: 1h, type: listing_viewed, user_id: u1, lat: 42.33, lon: -83.05}
    expect: [{at: 1h, entered: u1}, {at: 30d1h, exited: u1}]
  - name: a lapsed offer
    given:
      - {at: 0s, type: profile_rated, user_id: u1, rating: 4, level: 3, language: en}
      - {at: 1h, type: listing_viewed, user_id: u1, lat: 42.33, lon: -83.05}
      - {at: 2h, type: offer_lapsed, user_id: u1}
    expect: [{at: 1h, entered: u1}, {at: 2h, exited: u1}]
    until: 1d
`,
  },
];
