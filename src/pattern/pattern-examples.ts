import { file } from './example.ts';
import type { Example } from './example.ts';

/** Examples of patterns for the reference page; run as tests. */

export const PATTERN_EXAMPLES: readonly Example[] = [
  {
    title: 'A sequence',
    text:
      'Steps in order; other events may lie between. `key` says which events belong ' +
      'together, `within` how long it may take. A step that is only a type is short for ' +
      '`{on: type}`.',
    source: file`
id: offer-taken
version: 1
description: An offer and a yes within an hour.
key: conversation_id
within: 1h
steps: [price_offer, accept]
emit: offer_taken
tests:
  - name: other events may lie between
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 5m, type: greeting, conversation_id: c1}
      - {at: 9m, type: accept, conversation_id: c1}
    expect: [{at: 9m, type: offer_taken, key: c1}]
`,
  },
  {
    title: 'Names and conditions',
    text:
      '`as` names the event that a step takes; `where` is CEL. `event` is the event being ' +
      'tried, and so is the step’s own name; other names are what earlier steps took.',
    source: file`
id: lower-offer
key: conversation_id
within: 1h
steps:
  - {as: first, on: price_offer}
  - {as: second, on: [price_offer, counter_offer], where: second.amount < 0.8 * first.amount}
emit:
  type: price_fell
  data:
    from: \${first.amount}
    to: \${second.amount}
    text: from \${first.amount} to \${second.amount}
tests:
  - name: a fall of more than a fifth
    given:
      - {at: 0s, type: price_offer, conversation_id: c1, amount: 100}
      - {at: 5m, type: counter_offer, conversation_id: c1, amount: 90}
      - {at: 9m, type: price_offer, conversation_id: c1, amount: 75}
    expect: [{at: 9m, type: price_fell, data: {from: 100, to: 75, text: from 100 to 75}}]
`,
  },
  {
    title: 'What may not come between',
    text:
      'A `not` between two steps forbids from the one before until the next one takes an ' +
      'event. With `contiguity: strict` it forbids only the very next event.',
    source: file`
id: viewed-then-asked
key: user_id
within: 1h
steps:
  - {as: view, on: listing_viewed}
  - {not: listing_viewed}
  - {not: search, contiguity: strict}
  - {on: availability_question, where: event.listing_id == view.listing_id}
emit: asked_at_once
tests:
  - name: straight on
    given:
      - {at: 0s, type: listing_viewed, user_id: u1, listing_id: l1}
      - {at: 1m, type: availability_question, user_id: u1, listing_id: l1}
    expect: [{at: 1m, type: asked_at_once}]
  - name: another view between
    given:
      - {at: 0s, type: listing_viewed, user_id: u1, listing_id: l1}
      - {at: 1m, type: listing_viewed, user_id: u1, listing_id: l2}
      - {at: 2m, type: availability_question, user_id: u1, listing_id: l1}
    expect: []
`,
  },
  {
    title: 'Absence',
    text:
      '`not` with `for` comes true when that time has passed without such an event; the ' +
      'result belongs to the deadline. `else` says what a forbidden event does: `fail` ends ' +
      'the branch, `restart` counts again from it, `stop` never fires.',
    source: file`
id: gone-quiet
key: conversation_id
skip: none
steps:
  - {as: asked, on: availability_question}
  - {not: chat_message, for: 30m, else: restart}
emit: gone_quiet
tests:
  - name: each message counts again
    given:
      - {at: 0s, type: availability_question, conversation_id: c1}
      - {at: 20m, type: chat_message, conversation_id: c1}
    expect: [{at: 50m, type: gone_quiet}]
`,
  },
  {
    title: 'Loops',
    text:
      '`times` is a count: `3`, `2..5`, `3+`, `0+`. A loop’s name is a list. `inner` is the ' +
      'contiguity between its events, `gap` the time between neighbours, `distinct` a field ' +
      'of which only new values count; `greedy` forbids leaving the loop with an event that ' +
      'still fits it.',
    source: file`
id: fast-asker
key: user_id
within: 1h
steps:
  - {as: asked, on: availability_question, times: 3, distinct: listing_id, gap: 10m, inner: relaxed}
emit: {type: fast_asker, data: {listings: "\${distinct(asked, 'listing_id')}"}}
tests:
  - name: three different listings, one soon after the other
    given:
      - {at: 0s, type: availability_question, user_id: u1, listing_id: l1}
      - {at: 5m, type: availability_question, user_id: u1, listing_id: l1}
      - {at: 6m, type: availability_question, user_id: u1, listing_id: l2}
      - {at: 9m, type: availability_question, user_id: u1, listing_id: l3}
    expect: [{at: 9m, type: fast_asker, data: {listings: [l1, l2, l3]}}]
  - name: ten minutes apart is too long
    given:
      - {at: 0s, type: availability_question, user_id: u1, listing_id: l1}
      - {at: 6m, type: availability_question, user_id: u1, listing_id: l2}
      - {at: 16m, type: availability_question, user_id: u1, listing_id: l3}
    expect: []
`,
  },
  {
    title: 'Greedy loops',
    text: 'A greedy loop goes on while events fit; what comes after it sees the longest.',
    source: file`
id: rising
key: conversation_id
within: 1h
skip: past-last
steps:
  - as: raises
    on: price_offer
    times: 2+
    greedy: true
    where: size(raises) == 0 || event.amount > last(raises).amount
  - accept
emit: {type: rising_deal, data: {rounds: "\${size(raises)}", last: "\${last(raises).amount}"}}
tests:
  - name: all raises count
    given:
      - {at: 0s, type: price_offer, conversation_id: c1, amount: 80}
      - {at: 1m, type: price_offer, conversation_id: c1, amount: 90}
      - {at: 2m, type: price_offer, conversation_id: c1, amount: 95}
      - {at: 3m, type: accept, conversation_id: c1}
    expect: [{at: 3m, type: rising_deal, data: {rounds: 3, last: 95}}]
`,
  },
  {
    title: 'Until',
    text:
      '`until` with a condition closes an open loop at the event that fits it; with a step ' +
      '(a map) the loop comes true when that step does.',
    source: file`
id: questions-until-offer
key: user_id
within: 1h
steps:
  - {as: asked, on: detail_question, times: 2+, until: {on: price_offer}}
emit: {type: asked_then_offered, data: {questions: "\${size(asked)}"}}
tests:
  - name: the offer closes the loop
    given:
      - {at: 0s, type: detail_question, user_id: u1}
      - {at: 1m, type: detail_question, user_id: u1}
      - {at: 2m, type: price_offer, user_id: u1}
    expect: [{at: 2m, type: asked_then_offered, data: {questions: 2}}]
`,
  },
  {
    title: 'Contiguity',
    text:
      '`strict` wants the very next event, `relaxed` (default) the first that fits, `any` ' +
      'opens a branch for each that fits. "Next" counts the types that the pattern names and ' +
      'those in `among`.',
    source: file`
id: straight-yes
key: conversation_id
within: 1h
among: chat_message
steps:
  - price_offer
  - {on: accept, contiguity: strict}
emit: straight_yes
tests:
  - name: at once
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 1m, type: accept, conversation_id: c1}
    expect: [{at: 1m, type: straight_yes}]
  - name: a message between
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 1m, type: chat_message, conversation_id: c1}
      - {at: 2m, type: accept, conversation_id: c1}
    expect: []
`,
  },
  {
    title: 'Any order, alternatives, groups',
    text:
      '`all` wants every one of its steps in any order, `any` one of them, `group` puts ' +
      'steps in order as one, so that they can repeat or be optional together.',
    source: file`
id: serious-buyer
key: user_id
within: 2h
steps:
  - all:
      - {as: looked, on: listing_viewed}
      - any: [price_question, {on: search, where: event.query.contains("sofa")}]
  - {group: [price_offer, reject], times: 0..2}
  - {on: contact_share, optional: true}
  - meeting_proposal
emit: serious_buyer
tests:
  - name: in any order
    given:
      - {at: 0s, type: search, user_id: u1, query: red sofa}
      - {at: 1m, type: listing_viewed, user_id: u1}
      - {at: 2m, type: price_offer, user_id: u1}
      - {at: 3m, type: reject, user_id: u1}
      - {at: 4m, type: meeting_proposal, user_id: u1}
    expect: [{at: 4m, type: serious_buyer}]
`,
  },
  {
    title: 'Windows of steps',
    text:
      '`within` on a step: it comes true less than that after it started. `span`: less than ' +
      'that from the first event taken inside. Windows are open at the end.',
    source: file`
id: quick-exchange
key: conversation_id
steps:
  - {group: [price_offer, counter_offer, accept], span: 10m}
  - {on: meeting_proposal, within: 1h}
emit: quick_exchange
timeout: {type: slow_exchange}
tests:
  - name: quick
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 4m, type: counter_offer, conversation_id: c1}
      - {at: 9m, type: accept, conversation_id: c1}
      - {at: 30m, type: meeting_proposal, conversation_id: c1}
    expect: [{at: 30m, type: quick_exchange}]
  - name: ten minutes from the offer it is over
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 4m, type: counter_offer, conversation_id: c1}
    expect: [{at: 10m, type: slow_exchange}]
`,
  },
  {
    title: 'Begin once, every, wait',
    text:
      'With `starts: once` there is one run per key, begun before its first event, and ' +
      '`every` says what repeats. `wait` comes true that long after it started. `atMost` ' +
      'ends a step after so many results.',
    source: file`
id: follow-up
key: conversation_id
starts: once
steps:
  - {every: {as: offer, on: price_offer}, atMost: 2}
  - {wait: 10m}
emit: {type: follow_up, data: {amount: "\${offer.amount}"}}
limits: {runs: 32, bytes: 16384, idle: 7d}
tests:
  - name: ten minutes after each of the first two
    given:
      - {at: 0s, type: price_offer, conversation_id: c1, amount: 80}
      - {at: 5m, type: price_offer, conversation_id: c1, amount: 85}
      - {at: 7m, type: price_offer, conversation_id: c1, amount: 90}
    expect:
      - {at: 10m, type: follow_up, data: {amount: 80}}
      - {at: 15m, type: follow_up, data: {amount: 85}}
`,
  },
  {
    title: 'After a match',
    text:
      '`skip` says what a match does to other runs of the key: `first-wins` (default) ends ' +
      'them, `none` keeps them, `to-next`, `past-last`, `{to-first: step}` and `{to-last: ' +
      'step}` end those that began before that event. `else: error` refuses to go on where ' +
      'the step took nothing.',
    source: file`
id: offer-pairs
key: conversation_id
within: 1h
skip: {to-last: second, else: error}
steps:
  - {as: first, on: price_offer}
  - {as: second, on: price_offer}
emit: {type: pair, data: {from: "\${first.amount}", to: "\${second.amount}"}}
tests:
  - name: the second of one pair is the first of the next
    given:
      - {at: 0s, type: price_offer, conversation_id: c1, amount: 1}
      - {at: 1m, type: price_offer, conversation_id: c1, amount: 2}
      - {at: 2m, type: price_offer, conversation_id: c1, amount: 3}
    expect:
      - {at: 1m, type: pair, data: {from: 1, to: 2}}
      - {at: 2m, type: pair, data: {from: 2, to: 3}}
    until: 3h
`,
  },
  {
    title: 'What is emitted, to whom and when',
    text:
      'A derived event has a type, data, and if wanted a key of its own, a recipient, a ' +
      'locale and an expiry. `atMost` bounds how many in a time, `quietHours` when; ' +
      '`timeout` is emitted where `within` or `span` ends a run after its first event.',
    source: file`
id: reminder
key: conversation_id
within: 2d
steps:
  - {as: offer, on: price_offer}
  - accept
emit:
  - offer_done
  - type: seller_note
    key: \${offer.recipient_id}
    data: {title: Your price was accepted, amount: "\${offer.amount}"}
timeout:
  type: offer_lapsed
  recipient: \${offer.recipient_id}
  locale: \${offer.language}
  expires: 12h
  atMost: {times: 2, per: 24h, by: "\${offer.recipient_id}"}
  quietHours: {from: "22:00", to: "08:00", zone: America/Detroit, then: hold}
holdout: 0
tests:
  - name: two events from one match
    given:
      - {at: 0s, type: price_offer, conversation_id: c1, recipient_id: u2, amount: 80}
      - {at: 1h, type: accept, conversation_id: c1}
    expect:
      - {at: 1h, type: offer_done, key: c1}
      - {at: 1h, type: seller_note, key: u2, data: {amount: 80}}
  - name: nothing for two days
    given: [{at: 0s, type: price_offer, conversation_id: c1, recipient_id: u2, language: en, amount: 80}]
    expect: [{at: 2d, type: offer_lapsed}]
`,
  },
  {
    title: 'What a test can ask',
    text:
      'A test runs on a clock that starts at midnight UTC, through the steps that run live. It can ask ' +
      'who gets a record and until when it is of use, when a held one goes out, and why one is withheld.',
    source: file`
id: question-waits
key: conversation_id
steps:
  - {as: asked, on: question}
  - {not: answer, for: 1h}
emit:
  type: you_have_a_question
  recipient: \${asked.recipient_id}
  locale: \${asked.language}
  expires: 12h
  atMost: {times: 1, per: 24h, by: "\${asked.recipient_id}"}
  quietHours: {from: "22:00", to: "07:00", zone: UTC, then: hold}
tests:
  - name: held until the morning, and one a day
    given:
      - {at: 4h, type: question, conversation_id: c1, recipient_id: u1, language: es}
      - {at: 9h, type: question, conversation_id: c2, recipient_id: u1, language: es}
    expect:
      - {at: 5h, type: you_have_a_question, key: c1, recipient: u1, locale: es, expires: 12h, sent: 7h}
      - {at: 10h, type: you_have_a_question, withheld: at-most}
`,
  },
  {
    title: 'What cancels a waiting run',
    text:
      '`cancel` names events that end a waiting run without a result: a type, a list, or a ' +
      'map with `on` and `where`. It stands beside the steps, as an operand of `all` does, so ' +
      '`where` reads only `event`: to compare with what was taken, put a `not` between the steps.',
    source: file`
id: still-for-sale
key: listing_id
steps:
  - {as: offer, on: price_offer}
  - {not: accept, for: 1d}
cancel: [listing_sold, listing_removed]
emit: offer_open
tests:
  - name: a day later
    given: [{at: 0s, type: price_offer, listing_id: l1}]
    expect: [{at: 1d, type: offer_open}]
  - name: sold before
    given:
      - {at: 0s, type: price_offer, listing_id: l1}
      - {at: 3h, type: listing_sold, listing_id: l1}
    expect: []
`,
  },
  {
    title: 'Life of a version',
    text:
      '`change` says what becomes of open runs when this version replaces another: they ' +
      '`finish` on the old one (default), are `drop`ped with a record, or `migrate` by step ' +
      'name. `shadow` matches without emitting, `disabled` takes nothing new.',
    source: file`
id: deal-closed
version: 3
key: conversation_id
within: 1d
shadow: false
disabled: false
change: {migrate: {bid: offer, haggle: null}}
steps:
  - {as: offer, on: price_offer}
  - {as: deal, on: accept}
emit: deal_closed
tests:
  - name: a deal
    given:
      - {at: 0s, type: price_offer, conversation_id: c1}
      - {at: 1h, type: accept, conversation_id: c1}
    expect: [{at: 1h, type: deal_closed}]
`,
  },
];
