import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import { type ExchangeServer, startExchangeServer } from '../../src/adapters/exchange-server/exchange-server.ts'
import { converter } from '../../src/core/instrument.ts'
import type { GapEvent, MarketEvent } from '../../src/core/market-event.ts'
import { seededRandom } from '../../src/core/random.ts'
import { epochMs } from '../../src/core/units.ts'
import { type InstrumentPipeline, instrumentPipeline } from '../../src/features/market-pipeline.ts'
import type { Bar } from '../../src/market/bar.ts'
import { DEMO_KEY } from '../../src/simulation/binance/binance-protocol.ts'
import { type WatchedFeed, watchedFeed } from '../adapters/ccxt/support/stub-feed.ts'
import { until } from '../adapters/ccxt/support/until.ts'
import { type PureBinance, pureBinance } from '../support/simulated-binance.ts'

const NAMES = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const
const SYMBOLS = NAMES.map((name) => `${name.slice(0, 3)}/USDT:USDT`)
const BAR_MS = 500
/** More than the depth stream's 100 ms: the frame that shows the loss of a bar's last one comes before the bar closes. */
const GRACE_MS = 250

/** One depth or trade frame that the exchange had to say, whoever listened. */
interface Said {
  readonly symbol: string
  readonly kind: 'book' | 'trade'
  /** Last update id, trade id. */
  readonly id: number
  /** Exchange clock. */
  readonly at: number
  /** Base units; 0 for the book. */
  readonly quantity: number
}

interface Followed {
  readonly pipeline: InstrumentPipeline
  readonly bars: Bar[]
  readonly gaps: GapEvent[]
}

interface World {
  readonly truth: PureBinance
  readonly server: ExchangeServer
  readonly watched: WatchedFeed
  readonly said: readonly Said[]
  readonly followed: ReadonlyMap<string, Followed>
  close(): Promise<void>
}

const isTold = (stream: string) => /^(btc|eth|sol)usdt@(depth@100ms|aggTrade)$/.test(stream)

function saidBy(data: string): Said {
  const frame = JSON.parse(data) as { e: string; s: string; u: number; a: number; T: number; q?: string }
  const kind = frame.e === 'aggTrade' ? 'trade' : 'book'
  const symbol = `${frame.s.slice(0, 3)}/USDT:USDT`
  return {
    ...{ symbol, kind, at: frame.T },
    id: kind === 'trade' ? frame.a : frame.u,
    quantity: Number(frame.q ?? 0),
  }
}

/** Server, feed and pipelines; the exchange's clock is `aheadMs` ahead of ours. */
async function world(seed: number, aheadMs: number): Promise<World> {
  const local = systemClock()
  const clock = { now: () => epochMs(local.now() + aheadMs), monotonicMs: () => local.monotonicMs() }
  const truth = pureBinance({ seed }, clock.now())
  const said: Said[] = []
  const protocol: PureBinance['protocol'] = {
    ...truth.protocol,
    frames: (now, wanted) => {
      const frames = truth.protocol.frames(now, (stream) => isTold(stream) || wanted(stream))
      for (const { stream, data } of frames.streams) if (isTold(stream)) said.push(saidBy(data))
      return frames
    },
  }
  const server = await startExchangeServer({ clock, port: 0, keys: [DEMO_KEY], seed, protocol })
  const watched = watchedFeed(server.url, {
    ...{ symbols: SYMBOLS, barMs: BAR_MS, graceMs: GRACE_MS, staleMs: 2_000 },
    random: seededRandom(seed),
  })
  const followed = new Map<string, Followed>()
  for (const instrument of truth.exchange.instruments) {
    const { symbol } = instrument
    const pipeline = instrumentPipeline({ converter: converter(instrument), bar: { kind: 'time', ms: BAR_MS } })
    const one: Followed = { pipeline, bars: [], gaps: [] }
    followed.set(symbol, one)
    watched.feed.events(symbol).subscribe((event) => {
      const step = pipeline.step(event)
      one.bars.push(...step.closed)
      one.gaps.push(...step.gaps)
      if (step.resync) watched.feed.resync(symbol)
    })
  }
  await watched.feed.start()
  const close = async () => {
    await watched.feed.close()
    await server.close()
  }
  return { truth, server, watched, said, followed, close }
}

/** Seeded faults for about six seconds: many lost frames, a few lost sockets, one outage. */
async function harm({ server: { faults } }: World, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  for (let nth = 0; nth < 14; nth += 1) {
    await sleep(200 + 400 * random())
    if (nth === 6) {
      faults.refuseConnections(600)
      faults.closeSockets()
    } else if (nth === 3 || nth === 9) faults.closeSockets(pick(['public', 'market'] as const))
    else faults.dropDepthFrames(pick(NAMES), 1 + Math.floor(3 * random()))
  }
}

/** Level by level at the same update id; exchange and feed stand still while this runs. */
const bookEquals = ({ truth, followed, watched }: World, symbol: string): boolean => {
  const { pipeline } = followed.get(symbol)!
  const exact = truth.exchange.depth(symbol, 1_000)
  if (!pipeline.synced || watched.of(symbol, 'book').at(-1)?.lastId !== exact.lastUpdateId) return false
  expect(pipeline.book.levels('bids')).toEqual(exact.bids.flat())
  expect(pipeline.book.levels('asks')).toEqual(exact.asks.flat())
  return true
}

const isMarket = (event: MarketEvent) => event.kind === 'trade' || (event.kind === 'book' && event.type === 'delta')
const idOf = (event: MarketEvent) => (event.kind === 'trade' ? event.tradeId : event.kind === 'book' ? event.lastId : 0)
const keyOf = (kind: string, id: number | string) => `${kind} ${id}`

/** Frames of one instrument that reached the feed, and the bars into which one came after their watermark. */
function heard(events: readonly MarketEvent[]): { readonly keys: readonly string[]; readonly late: Set<number> } {
  const keys: string[] = []
  const late = new Set<number>()
  let passed = 0
  for (const event of events) {
    if (event.kind === 'watermark') passed = event.exchangeTime
    if (!isMarket(event)) continue
    keys.push(keyOf(event.kind, idOf(event)))
    if (event.exchangeTime < passed) late.add(startOf(event.exchangeTime)).add(passed)
  }
  return { keys, late }
}
const startOf = (at: number) => Math.floor(at / BAR_MS) * BAR_MS

/** What a clean bar holds is all that the exchange said of its time. */
function checkBars({ said, watched }: World, symbol: string, bars: readonly Bar[]): number {
  const events = watched.events.get(symbol)!
  const { keys, late } = heard(events)
  const known = new Set(keys)
  const tainted = new Set(bars.filter(({ taints }) => taints.length > 0).map(({ startAt }) => startAt as number))
  let clean = 0
  for (const [nth, bar] of bars.entries()) {
    if (nth > 0) expect(bar.startAt, 'every bar once, none left out').toBe(bars[nth - 1]!.endAt)
    // A machine that stood still for longer than the grace is no fault of the feed.
    if (bar.taints.length > 0 || late.has(bar.startAt)) continue
    const due = said.filter((each) => each.symbol === symbol && each.at >= bar.startAt && each.at < bar.endAt)
    const lost = due.filter(({ kind, id }) => !known.has(keyOf(kind, id)))
    // Told, but only in the next bar: nothing after the loss came before this one had closed.
    if (lost.length > 0 && lost.every(({ at }) => showedLate(events, at, tainted))) continue
    const trades = due.filter(({ kind }) => kind === 'trade')
    expect(bar.tradeCount).toBe(trades.length)
    expect(bar.buyVolume + bar.sellVolume).toBeCloseTo(
      trades.reduce((sum, { quantity }) => sum + quantity, 0),
      6,
    )
    expect(bar.bookUpdateCount).toBe(due.length - trades.length)
    clean += 1
  }
  return clean
}

/**
 * A lost frame shows with the next one. Where that came after its bar had closed (a loss at the very end, a machine that stood still for
 * longer than the grace), the bar could not know: the one that the next frame belongs to must say it instead.
 */
function showedLate(events: readonly MarketEvent[], at: number, tainted: ReadonlySet<number>): boolean {
  const next = events.findIndex((event) => event.kind === 'book' && event.exchangeTime > at)
  const close = events.findIndex((event) => event.kind === 'watermark' && event.exchangeTime >= startOf(at) + BAR_MS)
  return close >= 0 && next > close && tainted.has(startOf(events[next]!.exchangeTime))
}

/** Whatever was said and not heard was lost in a bar that says so; what was heard was said, once and in order. */
function checkLosses({ said, watched, followed }: World, symbol: string): number {
  const { keys } = heard(watched.events.get(symbol)!)
  const { bars, gaps } = followed.get(symbol)!
  const own = said.filter((each) => each.symbol === symbol)
  const order = new Map(own.map(({ kind, id }, nth) => [keyOf(kind, id), nth]))
  for (const kind of ['book', 'trade']) {
    const places = keys.filter((key) => key.startsWith(kind)).map((key) => order.get(key) ?? -1)
    expect(places.every((place, nth) => place > (places[nth - 1] ?? -1))).toBe(true)
  }
  const known = new Set(keys)
  const tainted = new Set(bars.filter(({ taints }) => taints.length > 0).map(({ startAt }) => startAt as number))
  const lost = own.filter(
    ({ kind, id, at }) => !known.has(keyOf(kind, id)) && at >= bars[0]!.startAt && at < bars.at(-1)!.endAt,
  )
  const events = watched.events.get(symbol)!
  for (const { at } of lost) {
    expect(tainted.has(startOf(at)) || showedLate(events, at, tainted), `a loss at ${at} is told`).toBe(true)
  }
  if (lost.length > 0) expect(gaps.length).toBeGreaterThan(0)
  return lost.length
}

describe('a market feed under seeded faults', () => {
  test.concurrent.each([
    { seed: 1, aheadMs: 2_000 },
    { seed: 2, aheadMs: -2_000 },
  ])(
    'seed $seed, exchange clock ahead by $aheadMs ms: books whole again, every loss told, clean bars exact',
    async ({ seed, aheadMs }) => {
      const it = await world(seed, aheadMs)
      try {
        await until('all books', () => [...it.followed.values()].every(({ pipeline }) => pipeline.synced))
        await harm(it, seed)
        for (const symbol of SYMBOLS) await until(`book of ${symbol} equals`, () => bookEquals(it, symbol))
        const healedAt = Date.now() + aheadMs
        await until('clean bars again', () =>
          [...it.followed.values()].every(({ bars }) =>
            bars.some(({ startAt, taints }) => startAt > healedAt && taints.length === 0),
          ),
        )
        expect(Math.abs(it.watched.feed.clockOffsetMs() - aheadMs)).toBeLessThan(50)
        expect(it.watched.feed.counts()).toMatchObject({ malformed: 0 })
        const losses = SYMBOLS.map((symbol) => checkLosses(it, symbol))
        const clean = SYMBOLS.map((symbol) => checkBars(it, symbol, it.followed.get(symbol)!.bars))
        expect(Math.min(...losses, ...clean)).toBeGreaterThan(0)
        for (const { gaps } of it.followed.values()) {
          const reasons = new Set(gaps.map(({ reason }) => reason))
          expect([...reasons].every((reason) => reason === 'sequence' || reason === 'disconnect')).toBe(true)
          expect(reasons).toContain('disconnect')
        }
      } finally {
        await it.close()
      }
    },
    25_000,
  )
})
