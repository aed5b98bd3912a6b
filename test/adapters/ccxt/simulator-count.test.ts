import { expect, test } from 'vitest'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { servedBinance } from '../../support/simulated-binance.ts'
import { watchedFeed } from './support/stub-feed.ts'
import { until } from './support/until.ts'

const SYMBOLS = ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'SOL/USDT:USDT']
const STREAM = /^(btc|eth|sol)usdt@(depth@100ms|aggTrade)$/
const ROUNDS = 12

/** A simulator that remembers the ids of all that it sent. */
async function counted() {
  const base = await servedBinance()
  await base.server.close()
  const { protocol } = base
  const sent = new Map<string, number[]>()
  const frames: typeof protocol.frames = (now, wanted) => {
    const made = protocol.frames(now, wanted)
    for (const { stream, data } of made.streams) {
      if (!STREAM.test(stream)) continue
      const frame = JSON.parse(data) as { readonly e: string; readonly u: number; readonly a: number }
      const id = frame.e === 'aggTrade' ? frame.a : frame.u
      sent.set(stream, [...(sent.get(stream) ?? []), id])
    }
    return made
  }
  return { ...(await servedBinance({ protocol: { ...protocol, frames } })), sent }
}

/** For each run of events without a gap: ids that were sent between two that were seen, and not seen. */
function untold(events: readonly MarketEvent[], kind: 'book' | 'trade', sent: readonly number[]): readonly number[] {
  const wrong: number[] = []
  let at: number | undefined
  for (const event of events) {
    if (event.kind === 'gap') at = undefined
    if (event.kind !== kind || (event.kind === 'book' && event.type === 'snapshot')) continue
    const index = sent.indexOf(Number(event.kind === 'book' ? event.lastId : event.tradeId))
    if (index < 0) wrong.push(-1)
    else if (at !== undefined) wrong.push(...sent.slice(at + 1, index))
    at = index
  }
  return wrong
}

test('frames dropped, sockets cut, dials refused: what the simulator sent was seen, or lies in a gap', async () => {
  const served = await counted()
  const { faults } = served.server
  const { feed, of } = watchedFeed(served.server.url, { symbols: SYMBOLS, staleMs: 2_000, barMs: 1_000 })
  const books = SYMBOLS.map((symbol) => {
    const own = sequencer()
    const events: MarketEvent[] = []
    feed.events(symbol).subscribe((event) => {
      if (own.step(event, (out) => events.push(out))) feed.resync(symbol)
    })
    return { symbol, own, events }
  })
  await feed.start()
  await until('all books', () => books.every(({ own }) => own.synced))
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % 3 === 0) faults.dropDepthFrames('BTCUSDT', 1)
    if (round === 4) faults.closeSockets('market')
    if (round === 7) faults.closeSockets('public')
    if (round === 9) faults.refuseConnections(300)
    if (round === 9) faults.closeSockets()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await until('whole again', () => books.every(({ own }) => own.synced))
  for (const { symbol, events } of books) {
    const name = symbol.slice(0, 3).toLowerCase()
    const depths = served.sent.get(`${name}usdt@depth@100ms`)!
    const trades = served.sent.get(`${name}usdt@aggTrade`)!
    expect([symbol, untold(events, 'book', depths)]).toEqual([symbol, []])
    expect([symbol, untold(events, 'trade', trades)]).toEqual([symbol, []])
    // Most was seen, once.
    const ids = of(symbol, 'trade').map(({ tradeId }) => tradeId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(trades.length / 3)
    expect(events.some((event) => event.kind === 'gap' && event.reason === 'disconnect')).toBe(true)
  }
  expect(books[0]!.events.some((event) => event.kind === 'gap' && event.reason === 'sequence')).toBe(true)
  await feed.close()
  await served.server.close()
})
