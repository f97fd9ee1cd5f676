/** Examples of geofences for the reference page; run as tests, on a flat earth and on real layers. */

import { file } from './example.ts';
import type { Example } from './example.ts';

export const PLACE_EXAMPLES: readonly Example[] = [
  {
    title: 'Places: near what was captured, near a point, inside a region',
    text:
      '`near(a, b, km)` takes events, or maps with `lat` and `lon`; `inside(event, "Detroit")` a ' +
      'region by name, or by layer and name or id (`"dma:Detroit"`, `"zcta:48206"`). Distances are ' +
      'those on the ellipsoid. An event without valid coordinates is near nothing and inside nothing.',
    source: file`
id: at-the-meeting
key: conversation_id
within: 7d
steps:
  - {as: proposal, on: meeting_proposal, where: 'inside(proposal, "Detroit")'}
  - {as: arrival, on: location, where: 'near(arrival, proposal, 0.2)'}
emit: {type: arrived, data: {who: "\${arrival.user_id}"}}
tests:
  - name: within 200 m of the place that was agreed on
    given:
      - {at: 0s, type: meeting_proposal, conversation_id: c1, lat: 42.3677, lon: -83.1186}
      - {at: 1h, type: location, conversation_id: c1, user_id: u1, lat: 42.3727, lon: -83.1186}
      - {at: 2h, type: location, conversation_id: c1, user_id: u1, lat: 42.3687, lon: -83.1186}
    expect: [{at: 2h, type: arrived, data: {who: u1}}]
  - name: coordinates out of range
    given:
      - {at: 0s, type: meeting_proposal, conversation_id: c1, lat: 42.3677, lon: -83.1186}
      - {at: 1h, type: location, conversation_id: c1, user_id: u1, lat: 142.3677, lon: -83.1186}
    expect: []
`,
  },
  {
    title: 'Places: entering and leaving',
    text:
      'An edge is two steps: away, then here. With `starts: once` and `every` there is one open run ' +
      'for each user, and each crossing counts once. Two radii keep a position that jitters on the ' +
      'border from flickering. Leaving is the same with the steps exchanged.',
    source: file`
id: plaza-entered
key: user_id
starts: once
steps:
  - every:
      - {as: away, on: location, where: '!near(away, {"lat": 42.33, "lon": -83.05}, 0.25)'}
      - {as: here, on: location, where: 'near(here, {"lat": 42.33, "lon": -83.05}, 0.2)'}
emit: entered_plaza
tests:
  - name: jitter between the radii is no second visit
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.339, lon: -83.05}
      - {at: 1m, type: location, user_id: u1, lat: 42.331, lon: -83.05}
      - {at: 2m, type: location, user_id: u1, lat: 42.332, lon: -83.05}
      - {at: 3m, type: location, user_id: u1, lat: 42.331, lon: -83.05}
      - {at: 4m, type: location, user_id: u1, lat: 42.333, lon: -83.05}
      - {at: 5m, type: location, user_id: u1, lat: 42.33, lon: -83.05}
    expect: [{at: 1m, type: entered_plaza}, {at: 5m, type: entered_plaza}]
`,
  },
  {
    title: 'Places: staying',
    text:
      'A dwell is an entry and no exit for a while: a pattern over what the patterns of entering ' +
      'and leaving derive, with their two radii. It comes at its deadline, without another position.',
    source: file`
id: plaza-dwelled
key: user_id
steps:
  - {as: entry, on: entered_plaza}
  - {not: left_plaza, for: 10m}
emit: {type: dwelled_at_plaza, data: {since: "\${iso(at(entry))}"}}
tests:
  - name: ten minutes after the entry
    given: [{at: 1m, type: entered_plaza, user_id: u1}]
    expect: [{at: 11m, type: dwelled_at_plaza, data: {since: "2026-01-01T00:01:00.000Z"}}]
  - name: a visit cut short
    given:
      - {at: 1m, type: entered_plaza, user_id: u1}
      - {at: 5m, type: left_plaza, user_id: u1}
      - {at: 6m, type: entered_plaza, user_id: u1}
    expect: [{at: 16m, type: dwelled_at_plaza}]
`,
  },
  {
    title: 'Places: positions out of order',
    text:
      'A source with `order: event-time` sorts its events, within the allowed lateness. In order of ' +
      'arrival `at(event) == now` leaves out a position that comes later than what its key has ' +
      'already seen, so that a delayed one makes no entry that never was.',
    source: file`
id: plaza-left
key: user_id
starts: once
steps:
  - every:
      - as: here
        on: location
        where: 'at(here) == now && near(here, {"lat": 42.33, "lon": -83.05}, 0.2)'
      - as: away
        on: location
        where: 'at(away) == now && !near(away, {"lat": 42.33, "lon": -83.05}, 0.25)'
emit: left_plaza
tests:
  - name: a position of before is delayed
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.33, lon: -83.05}
      - {at: 10m, type: location, user_id: u1, lat: 42.339, lon: -83.05}
      - {at: 9m, type: location, user_id: u1, lat: 42.33, lon: -83.05}
      - {at: 11m, type: location, user_id: u1, lat: 42.339, lon: -83.05}
    expect: [{at: 10m, type: left_plaza}]
`,
  },
  {
    title: 'Places: two users near each other',
    text:
      'Two positions of different users under one key (a conversation, a market area), near in ' +
      'space and in time. `within` bounds how much later the second comes; the condition on the ' +
      'times bounds how much earlier, for positions that come late.',
    source: file`
id: met
key: conversation_id
within: 10m
steps:
  - {as: a, on: location}
  - as: b
    on: location
    where: b.user_id != a.user_id && near(a, b, 0.1) && at(a) - at(b) < duration("10m")
emit: {type: met, data: {first: "\${a.user_id}", second: "\${b.user_id}"}}
tests:
  - name: fifty metres and five minutes apart
    given:
      - {at: 0s, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
      - {at: 5m, type: location, conversation_id: c1, user_id: bob, lat: 42.3305, lon: -83.05}
    expect: [{at: 5m, type: met, data: {first: ann, second: bob}}]
  - name: too far, or too late
    given:
      - {at: 0s, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
      - {at: 5m, type: location, conversation_id: c1, user_id: bob, lat: 42.335, lon: -83.05}
      - {at: 10m, type: location, conversation_id: c1, user_id: cem, lat: 42.33, lon: -83.05}
    expect: []
  - name: the position of one comes late
    given:
      - {at: 25m, type: location, conversation_id: c1, user_id: bob, lat: 42.3305, lon: -83.05}
      - {at: 5m, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
      - {at: 21m, type: location, conversation_id: c1, user_id: ann, lat: 42.33, lon: -83.05}
    expect: [{type: met, data: {first: bob, second: ann}}]
`,
  },
  {
    title: 'Segments: who is near a point',
    text:
      '`region` as a map is a circle: whoever comes within `metres` is inside, and leaves beyond ' +
      '`leaves`. A position older than the latest one known changes nothing.',
    source: file`
id: at-the-plaza
key: user_id
member: {region: {lat: 42.33, lon: -83.05, metres: 200, leaves: 250}, on: location, within: 1h}
tests:
  - name: between the radii whoever is inside stays
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.332, lon: -83.05}
      - {at: 1m, type: location, user_id: u1, lat: 42.331, lon: -83.05}
      - {at: 2m, type: location, user_id: u1, lat: 42.332, lon: -83.05}
      - {at: 3m, type: location, user_id: u1, lat: 42.339, lon: -83.05}
    expect: [{at: 1m, entered: u1}, {at: 3m, exited: u1}]
  - name: a position of before is delayed
    given:
      - {at: 0s, type: location, user_id: u1, lat: 42.33, lon: -83.05}
      - {at: 10m, type: location, user_id: u1, lat: 42.339, lon: -83.05}
      - {at: 9m, type: location, user_id: u1, lat: 42.33, lon: -83.05}
    expect: [{at: 0s, entered: u1}, {at: 10m, exited: u1}]
  - name: an hour without a position
    given: [{at: 0s, type: location, user_id: u1, lat: 42.33, lon: -83.05}]
    expect: [{at: 0s, entered: u1}, {at: 1h, exited: u1}]
`,
  },
];
