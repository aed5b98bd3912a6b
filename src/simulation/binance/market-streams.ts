import type { EpochMs } from '../../core/units.ts'
import type { ExchangeOutput } from '../exchange/exchange-output.ts'
import { dayStats } from './day-stats.ts'
import { KLINE_INTERVALS } from './klines.ts'
import {
  aggregateFrame,
  bookTickerFrame,
  depthFrame,
  forceOrderFrame,
  klineFrame,
  markFrame,
  miniTickerFrame,
  tickerFrame,
  tradeFrame,
} from './market-frames.ts'
import { type AggregateRow, keepAggregate, keepMark, keepTrade, type MarketState } from './market-state.ts'

/** Least time between two frames of an open candle, and of a ticker. */
const KLINE_GAP_MS = 250
const TICKER_GAP_MS = 1_000
/** Grid of `@markPrice` without a suffix. */
const MARK_SLOW_MS = 3_000

/** Called with a stream's name; `make` runs only when somebody listens. */
export type Emit = (stream: string, make: () => unknown) => void

export type MarketOutput = Extract<ExchangeOutput, { kind: 'level' | 'trade' | 'mark' | 'liquidation' }>

/** Turns one instrument's outputs into frames of its streams. */
export interface MarketStreams {
  apply(output: MarketOutput, now: EpochMs, emit: Emit): void
  /** After all outputs of a call: what goes by the clock. */
  flush(now: EpochMs, emit: Emit): void
}

/** Which of the split endpoints serves a stream ("Important WebSocket Change Notice" of 2026); undefined: no such stream. */
export function streamCategory(
  stream: string,
  isListed: (streamName: string) => boolean,
): 'public' | 'market' | undefined {
  if (stream === '!bookTicker') return 'public'
  if (stream === '!forceOrder@arr') return 'market'
  const [name, channel = ''] = stream.split(/@(.*)/s)
  if (name === undefined || !isListed(name)) return undefined
  if (/^(depth|depth@100ms|depth@250ms|depth@500ms|bookTicker|trade)$/.test(channel)) return 'public'
  if (channel.startsWith('kline_')) return KLINE_INTERVALS.has(channel.slice(6)) ? 'market' : undefined
  return /^(aggTrade|markPrice|markPrice@1s|forceOrder|ticker|miniTicker)$/.test(channel) ? 'market' : undefined
}

type Open = AggregateRow & { readonly takerOrderId: number }

export function marketStreams(state: MarketState): MarketStreams {
  const { listing } = state
  const klines = klineStreams(state)
  let open: Open | undefined
  let aggregateId = 0
  let tickerAt = 0
  let slowMarkSlot = -1

  const closeAggregate = (now: EpochMs, emit: Emit) => {
    if (open === undefined) return
    const row = open
    open = undefined
    keepAggregate(state, row)
    emit(`${listing.streamName}@aggTrade`, () => aggregateFrame(listing, row, now))
  }
  const onTrade = (trade: Extract<MarketOutput, { kind: 'trade' }>, now: EpochMs, emit: Emit) => {
    keepTrade(state, trade)
    emit(`${listing.streamName}@trade`, () => tradeFrame(listing, trade, now))
    if (open !== undefined && open.takerOrderId === trade.takerOrderId && open.price === trade.price) {
      open = { ...open, size: open.size + trade.size, lastTradeId: trade.tradeId }
      return
    }
    closeAggregate(now, emit)
    aggregateId += 1
    open = { ...trade, aggregateId, lastTradeId: trade.tradeId }
  }
  const onLevel = (level: Extract<MarketOutput, { kind: 'level' }>, now: EpochMs, emit: Emit) => {
    for (const batch of state.batches.values()) {
      batch.level(level.side, level.price, level.size, level.updateId, level.at)
    }
    state.lastUpdateId = level.updateId
    state.lastBookAt = level.at
    if (!state.book.level(level.side, level.price, level.size)) return
    if (state.book.top.bid === 0 || state.book.top.ask === 0) return // A side without orders has no quote.
    emit(`${listing.streamName}@bookTicker`, () => bookTickerFrame(state, now))
    emit('!bookTicker', () => bookTickerFrame(state, now))
  }
  const onMark = (mark: Extract<MarketOutput, { kind: 'mark' }>, now: EpochMs, emit: Emit) => {
    keepMark(state, mark)
    emit(`${listing.streamName}@markPrice@1s`, () => markFrame(listing, mark, now))
    const slot = Math.floor(mark.at / MARK_SLOW_MS)
    if (slot !== slowMarkSlot) emit(`${listing.streamName}@markPrice`, () => markFrame(listing, mark, now))
    slowMarkSlot = slot
  }

  return {
    apply: (output, now, emit) => {
      if (output.kind === 'level') onLevel(output, now, emit)
      else if (output.kind === 'trade') onTrade(output, now, emit)
      else if (output.kind === 'mark') onMark(output, now, emit)
      else {
        emit(`${listing.streamName}@forceOrder`, () => forceOrderFrame(listing, output, now))
        emit('!forceOrder@arr', () => forceOrderFrame(listing, output, now))
      }
    },
    flush: (now, emit) => {
      closeAggregate(now, emit)
      for (const [ms, batch] of state.batches) {
        const diff = batch.take(now)
        if (diff === undefined) continue
        emit(`${listing.streamName}@depth@${ms}ms`, () => depthFrame(listing, diff, now))
        if (ms === 250) emit(`${listing.streamName}@depth`, () => depthFrame(listing, diff, now))
      }
      klines(now, emit)
      if (now - tickerAt < TICKER_GAP_MS) return
      tickerAt = now
      emit(`${listing.streamName}@ticker`, () => tickerFrame(listing, dayStats(state, now), now))
      emit(`${listing.streamName}@miniTicker`, () => miniTickerFrame(listing, dayStats(state, now), now))
    },
  }
}

/** Open candles as they change, not more often than `KLINE_GAP_MS`; each candle once more, final, when it has ended. */
function klineStreams({ listing, series }: MarketState): (now: EpochMs, emit: Emit) => void {
  const sent = new Map<string, { startAt: number; tradeCount: number; at: number }>()
  return (now, emit) => {
    for (const [interval, { candles, intervalMs, advance }] of series) {
      advance(now)
      const last = candles.at(-1)
      if (last === undefined) continue
      const stream = `${listing.streamName}@kline_${interval}`
      const before = sent.get(interval)
      const ended =
        before !== undefined && before.startAt < last.startAt ? candles.filter((c) => c.startAt >= before.startAt) : []
      for (const candle of ended.slice(0, -1)) {
        emit(stream, () => klineFrame(listing, interval, candle, candle.startAt + intervalMs, true, now))
      }
      const isNew = before === undefined || ended.length > 0
      if (!isNew && (before.tradeCount === last.tradeCount || now - before.at < KLINE_GAP_MS)) continue
      sent.set(interval, { startAt: last.startAt, tradeCount: last.tradeCount, at: now })
      emit(stream, () => klineFrame(listing, interval, last, last.startAt + intervalMs, false, now))
    }
  }
}
