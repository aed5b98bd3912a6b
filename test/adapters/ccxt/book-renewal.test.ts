import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { Scheduler } from '../../../src/core/scheduler.port.ts'
import { type Sequencer, sequencer } from '../../../src/market/sequencer.ts'
import { VENUES } from '../../../src/wiring/daemon/venues.ts'
import { type ScriptedVenue, scriptedVenue } from './support/scripted-venue.ts'
import { type WatchedFeed, watchedFeed } from './support/stub-feed.ts'
import { until } from './support/until.ts'
import { MARKETS } from './support/venue-scripts.ts'

const market = MARKETS.find(({ id }) => id === 'okx')!
const { symbol } = market
const FASTER = 50
const real = systemScheduler()
const scheduler: Scheduler = { sleep: (ms, signal) => real.sleep(ms / FASTER, signal) }

let venue: ScriptedVenue
let watched: WatchedFeed
let own: Sequencer
let seen: MarketEvent[]
beforeEach(async () => {
  venue = await scriptedVenue(market.script)
  watched = watchedFeed(venue.url, { ...VENUES.okx, symbols: [symbol], staleMs: 5_000, barMs: 3_600_000, scheduler })
  own = sequencer()
  seen = []
  watched.feed.events(symbol).subscribe((event) => {
    if (own.step(event, (out) => seen.push(out))) watched.feed.resync(symbol)
  })
})
afterEach(async () => {
  await watched.feed.close()
  await venue.close()
})
const asked = (op: string, channel = 'books') =>
  venue.heard.filter((text) => text.startsWith(`{"op":"${op}"`) && text.includes(`"${channel}"`)).length
/** The script's answers without books. */
const bookless = (text: string) =>
  market.script.answer(text).filter((frame) => !JSON.stringify(frame).includes('"bids"'))
const lose = () => venue.send(market.delta(11, 5), market.delta(13, 7))
const gaps = () => seen.flatMap((event) => (event.kind === 'gap' ? [event.reason] : []))

describe('a book that comes in the stream', () => {
  test('is asked for again where the first subscription brings none, on the same socket', async () => {
    venue.instead = (text) => (asked('unsubscribe') === 0 ? bookless(text) : undefined)
    await watched.feed.start()
    await until('book', () => own.synced)
    expect([asked('unsubscribe'), asked('subscribe'), venue.opened]).toEqual([1, 2, 1])
    expect(gaps()).toEqual([])
  })

  test('is asked for again where the renewed subscription brings none', async () => {
    await watched.feed.start()
    await until('book', () => own.synced)
    venue.instead = (text) => (asked('subscribe') < 4 ? bookless(text) : undefined)
    lose()
    await until('whole', () => gaps().length > 0 && own.synced)
    expect([asked('unsubscribe'), asked('subscribe'), venue.opened]).toEqual([3, 4, 1])
    // The trades go on all the while.
    expect(asked('unsubscribe', 'trades')).toBe(0)
  })

  test.each<[string, (text: string) => readonly (object | string)[]]>([
    ['refuses', (text) => [market.refusal(text)]],
    ['does not answer', () => []],
  ])('a venue that %s to renew it: a new socket', async (_name, answer) => {
    await watched.feed.start()
    await until('book', () => own.synced)
    venue.instead = (text) => (text.includes('unsubscribe') ? answer(text) : undefined)
    lose()
    await until('redialled', () => venue.opened === 2)
    await until('whole', () => own.synced)
    expect(gaps()).toContain('disconnect')
    expect(watched.feed.counts().downs).toBe(1)
  })

  test('many wishes are one request', async () => {
    await watched.feed.start()
    await until('book', () => own.synced)
    for (let count = 0; count < 50; count += 1) watched.feed.resync(symbol)
    await until('gap', () => gaps().length > 0)
    await until('whole', () => own.synced)
    expect([gaps(), asked('unsubscribe'), venue.opened]).toEqual([['disconnect'], 1, 1])
  })

  test('is void while it is asked for: what comes meanwhile does not count as its continuation', async () => {
    await watched.feed.start()
    await until('book', () => own.synced)
    venue.instead = (text) =>
      text.includes('"unsubscribe"')
        ? [market.delta(14, 3), ...market.script.answer(text), market.delta(15, 4)]
        : undefined
    lose()
    await until('whole', () => gaps().length > 0 && own.synced)
    expect(own.book.levels('bids')).toEqual([999, 1])
  })
})

describe('a subscription that is acknowledged topic by topic', () => {
  test('is up with the last of them; what came before is handed on then, in order', async () => {
    const late: (object | string)[] = []
    venue.instead = (text) => {
      if (!text.includes('"subscribe"')) return undefined
      const answers = market.script.answer(text)
      late.push(answers.at(-1)!)
      return [...answers.slice(0, -1), market.delta(11, 2), market.trade(1), market.trade(2)]
    }
    await watched.feed.start()
    await until('asked', () => late.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(watched.events.get(symbol)).toEqual([])
    venue.send(...late)
    await until('trades', () => watched.of(symbol, 'trade').length === 2)
    expect(watched.events.get(symbol)!.map(({ kind }) => kind)).toEqual([
      'connection',
      'book',
      'book',
      'trade',
      'trade',
    ])
    expect(own.book.levels('bids')).toEqual([999, 2])
  })

  test('frames without end before it: a new socket, memory bounded', async () => {
    venue.instead = (text) => {
      if (!text.includes('"subscribe"') || venue.opened > 1) return undefined
      return Array.from({ length: 10_001 }, (_, index) => market.trade(index))
    }
    await watched.feed.start()
    await until('redialled', () => venue.opened === 2)
    await until('book', () => own.synced)
    expect(watched.of(symbol, 'trade')).toEqual([])
  })
})
