import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openState } from '../../../../src/adapters/sqlite/open-state.ts'
import { controlText, TAPE_FORMAT, type TapeControl } from '../../../../src/adapters/tape/tape-control.ts'
import { nsText } from '../../../../src/adapters/tape/tape-time.ts'
import type { OrderIntent } from '../../../../src/core/order.ts'
import { epochMs, lots, type Side, ticks } from '../../../../src/core/units.ts'
import { createBinanceProtocol } from '../../../../src/simulation/binance/binance-protocol.ts'
import { createExchange } from '../../../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../../../src/simulation/exchange/demo-markets.ts'
import { clientOrderId } from '../../../../src/trading/client-order-id.ts'
import { decisionRecord } from '../../../trading/support/decisions.ts'

export const MARKET = demoMarkets(0.5)[0]!
export const INSTRUMENT = MARKET.instrument
/** Exchange clock. */
export const START_AT = 1_760_000_000_000
const FUNDING_MS = 28_800_000
/** The simulator's server says what happened every so often. */
const TICK_MS = 10
const ACCOUNT = 'tester'
const STREAMS = ['depth@100ms', 'bookTicker', 'aggTrade'].map(
  (name) => `${INSTRUMENT.venueSymbol.toLowerCase()}@${name}`,
)

export interface PlannedOrder {
  /** After the start, milliseconds. */
  readonly sentMs: number
  readonly entryMs: number
  readonly side: Side
  readonly lots: number
  /** How far beyond the touch its limit reaches, ticks. */
  readonly collarTicks: number
  /** Of paper alone; absent: IOC. */
  readonly timeInForce?: 'IOC' | 'GTC' | 'GTX'
  /** Of paper alone: when its cancel is sent. */
  readonly cancelMs?: number
}

export interface SessionPlan {
  readonly orders: readonly PlannedOrder[]
  readonly ms: number
  /** Exchange clock − local clock. */
  readonly offsetMs?: number
  readonly feedMs?: number
  readonly responseMs?: number
  readonly streams?: readonly string[]
  readonly mode?: string
  readonly ledgerTag?: string
  /** Inside the client order ids of the journal. */
  readonly journalTag?: string
  /** Of the journal, in place of the real one. */
  readonly journalMode?: string
  readonly seed?: number
  /** Decisions of a paper run, after the start, milliseconds: their orders are nothing that the exchange hears of. */
  readonly heardAt?: readonly number[]
}

/**
 * A session as a daemon would have recorded it, on a clock of its own: the simulated exchange in this process, its frames on a tape with
 * the latency of the plan, its fills in a journal with the same. Returns the tape; the journal is in `<dir>/state`.
 */
export function recordSession(dir: string, plan: SessionPlan): string {
  const { offsetMs = 0, feedMs = 0, responseMs = 5, mode = 'demo', ledgerTag = 'test', seed = 11 } = plan
  const wanted = new Set(plan.streams ?? STREAMS)
  const startAt = epochMs(START_AT)
  const exchange = createExchange({
    ...{ seed, startAt, markets: [MARKET] },
    ...{ deposit: '1000000', fundingIntervalMs: FUNDING_MS },
  })
  const protocol = createBinanceProtocol(exchange, { now: startAt, fundingIntervalMs: FUNDING_MS })
  const lines: string[] = []
  const local = (exchangeAt: number) => epochMs(exchangeAt - offsetMs)
  const heard = (exchangeAt: number, text: string) => lines.push(`${nsText(local(exchangeAt + feedMs))} ${text}`)
  const control = (localAt: number, record: TapeControl) =>
    lines.push(`${nsText(epochMs(localAt))} ${controlText(record)}`)
  control(local(START_AT), {
    ...{ kind: 'session', format: TAPE_FORMAT, program: 'test', venueId: 'binanceusdm', mode },
    ...{ instruments: [INSTRUMENT], streams: [], startedAt: local(START_AT), fileNumber: 1, previousFile: null },
  })
  const params = { symbol: INSTRUMENT.venueSymbol, limit: '1000' }
  heard(START_AT, JSON.stringify(protocol.handle({ method: 'GET', path: '/fapi/v1/depth', params, now: startAt }).body))

  const state = openState(join(dir, 'state', `${plan.journalMode ?? mode}.sqlite`), {
    mode: plan.journalMode ?? mode,
    venue: 'binanceusdm/test',
  })
  const { journal } = state
  journal.setMeta('instruments', JSON.stringify([INSTRUMENT]))
  const waiting = [...plan.orders].sort((a, b) => a.sentMs + a.entryMs - b.sentMs - b.entryMs)
  const said: { at: number; record: TapeControl }[] = []
  const decided = (at: number): void => {
    const payload = { exchangeNow: at + offsetMs, ledgerTag }
    said.push({ at, record: { kind: 'decision-inputs', symbol: INSTRUMENT.symbol, payload } })
  }
  for (const at of plan.heardAt ?? []) decided(local(START_AT + at))

  function trade({ sentMs, entryMs, side, lots: size, collarTicks }: PlannedOrder): void {
    const createdAt = local(START_AT + sentMs)
    const plain = decisionRecord(0)
    const decisionId = `${INSTRUMENT.symbol}@${createdAt}`
    const clientId = clientOrderId(plan.journalTag ?? ledgerTag, decisionId)
    const { bids, asks } = exchange.depth(INSTRUMENT.symbol, 1)
    const price = side === 'buy' ? asks[0]![0] + collarTicks : bids[0]![0] - collarTicks
    const terms = { side, price: ticks(price), timeInForce: 'IOC', reduceOnly: false } as const
    const at = epochMs(START_AT + sentMs + entryMs)
    const outcome = exchange.place(
      { account: ACCOUNT, symbol: INSTRUMENT.symbol, type: 'LIMIT', size: lots(size), clientId, ...terms },
      at,
    )
    if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`)
    const intent: OrderIntent = {
      ...{ clientId, decisionId, symbol: INSTRUMENT.symbol, type: 'limit', lots: lots(size), createdAt },
      ...terms,
    }
    const sendToAnswerMs = entryMs + responseMs
    journal.recordDecision({
      ...plain,
      ...{ decisionId, clientId, symbol: INSTRUMENT.symbol, verdict: { kind: 'approved' } },
      ...{ barStartAt: epochMs(createdAt - 1_000), barEndAt: createdAt },
      latency: { ...plain.latency, commitMs: 0, closeToSendMs: 0, sendToAnswerMs },
    })
    journal.addIntent(intent)
    const fills = exchange.fills(ACCOUNT).filter((fill) => fill.clientId === clientId)
    const filled = fills.reduce((sum, fill) => sum + fill.size, 0)
    journal.saveOrder({
      ...journal.order(clientId)!,
      ...{ state: filled === size ? 'filled' : 'expired', venueId: String(outcome.value.orderId), updatedAt: at },
      ...{ filledLots: filled, appliedLots: filled },
    })
    for (const fill of fills) {
      journal.addFill({
        ...{ symbol: fill.symbol, tradeId: String(fill.tradeId), clientId, venueId: String(fill.orderId), side },
        ...{ price: fill.price, lots: fill.size, fee: fill.fee, feeCurrency: INSTRUMENT.settle },
        ...{ realisedPnl: fill.realisedPnl, maker: fill.maker, at: fill.at, origin: 'own' },
      })
    }
    decided(createdAt)
  }

  for (let at = START_AT + TICK_MS; at <= START_AT + plan.ms; at += TICK_MS) {
    while (waiting[0] && START_AT + waiting[0].sentMs + waiting[0].entryMs < at) {
      // Its limit is made from the book of the moment before it: the venue's own, for simplicity.
      exchange.advance(epochMs(START_AT + waiting[0].sentMs + waiting[0].entryMs))
      trade(waiting.shift()!)
    }
    const { streams } = protocol.frames(epochMs(at), (stream) => wanted.has(stream))
    for (const { stream, data } of streams) heard(at, `{"stream":"${stream}","data":${data}}`)
  }
  state.close()
  for (const { at, record } of said) control(at, record)
  const sorted = lines
    .map((line, nth) => ({ line, nth }))
    .sort((a, b) => timeOf(a.line) - timeOf(b.line) || a.nth - b.nth)
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `${mode}.gz`)
  writeFileSync(file, gzipSync(`${sorted.map(({ line }) => line).join('\n')}\n`))
  return file
}

/** Milliseconds; the nanoseconds are of no account here. */
const timeOf = (line: string): number => Number(line.slice(0, 16)) / 1_000
