import type { Side } from '../../../src/core/units.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { RunAbout } from '../../../src/report/backtest/about.ts'
import type { BacktestRecord, ForecastOutcome, RoundTrip } from '../../../src/report/backtest/record.ts'

export const START = Date.UTC(2024, 0, 1)

/** Numerical Recipes' generator: enough for a picture. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32 - 0.5
  }
}

export interface SampleOptions {
  readonly bars: number
  readonly barMs: number
  readonly symbols?: readonly string[]
  /** Bars between two entries. */
  readonly tradeEach?: number
  readonly seed?: number
  /** Of each trade, quote currency. */
  readonly drift?: number
}

/** Random walks traded at random: a record that fits together (trades, costs and equity add up). */
export function sampleRecord(options: SampleOptions): BacktestRecord {
  const { bars, barMs, symbols = ['BTC/USDT:USDT', 'ETH/USDT:USDT'], tradeEach = 200, seed = 7, drift = 0 } = options
  const next = noise(seed)
  const at = Float64Array.from({ length: bars }, (_, index) => START + (index + 1) * barMs)
  const prices = symbols.map((symbol, index) => {
    let price = 60_000 / (1 + 19 * index)
    return { symbol, at, close: Float64Array.from({ length: bars }, () => (price *= 1 + next() * 0.006)) }
  })
  const trips: RoundTrip[] = []
  const change = new Float64Array(bars)
  const exposure = new Float64Array(bars)
  for (let entry = 10; entry + 120 < bars; entry += tradeEach) {
    const { symbol, close } = prices[trips.length % prices.length]!
    const side: Side = next() > 0 ? 'buy' : 'sell'
    const held = 4 + Math.floor((next() + 0.5) * 100)
    const [entryPrice, exitPrice] = [close[entry]!, close[entry + held]!]
    const lots = 100_000 / entryPrice / 20
    const grossPnl = (side === 'buy' ? 1 : -1) * lots * (exitPrice - entryPrice) + drift
    const path = Array.from(
      close.subarray(entry, entry + held + 1),
      (each) => (side === 'buy' ? 1 : -1) * lots * (each - entryPrice),
    )
    const [fees, funding, slippage] = [
      lots * (entryPrice + exitPrice) * 0.0005,
      next() * 0.5,
      lots * entryPrice * 0.0001,
    ]
    for (let bar = entry; bar <= entry + held; bar++) {
      exposure[bar] = lots * close[bar]!
      if (bar > entry) change[bar]! += path[bar - entry]! - path[bar - entry - 1]!
    }
    change[entry + held]! += drift + funding - fees
    trips.push({
      ...{
        symbol,
        side,
        openedAt: epochMs(at[entry]!),
        closedAt: epochMs(at[entry + held]!),
        lotsMax: Math.round(lots * 1000),
      },
      ...{ entryPrice, exitPrice, grossPnl, fees, funding, slippage, netPnl: grossPnl - fees + funding },
      ...{ entryValue: lots * entryPrice, mae: Math.max(0, -Math.min(...path)), mfe: Math.max(0, Math.max(...path)) },
      ...{
        bars: held,
        modelId: `demo/2024-0${1 + (trips.length % 3)}`,
        exitReason: trips.length % 7 === 0 ? 'stop' : 'target',
      },
    })
  }
  let balance = 10_000
  const equity = change.map((each) => (balance += each))
  const sum = (value: (trip: RoundTrip) => number): number => trips.reduce((total, trip) => total + value(trip), 0)
  return {
    ...{
      currency: 'USDT',
      startingBalance: 10_000,
      barMs,
      horizonBars: 4,
      startAt: epochMs(START),
      endAt: epochMs(at.at(-1)!),
    },
    equity: { at, equity, exposure },
    ...{ prices, trips, liquidations: 0 },
    costs: {
      ...{ makerFees: 0.2 * sum((t) => t.fees), takerFees: 0.8 * sum((t) => t.fees), liquidationFees: 0 },
      ...{ funding: sum((t) => t.funding), slippage: sum((t) => t.slippage), turnover: 2 * sum((t) => t.entryValue) },
    },
    forecasts: sampleForecasts(Math.min(bars, 20_000), barMs, next),
  }
}

const sampleForecasts = (count: number, barMs: number, next: () => number): readonly ForecastOutcome[] =>
  Array.from({ length: count }, (_, index) => {
    const realisedBps = 25 * (next() + next() + next())
    const up = 0.3 + 0.2 * next()
    return {
      ...{
        symbol: 'BTC/USDT:USDT',
        at: epochMs(START + (index + 1) * barMs),
        modelId: 'demo/2024-01',
        meanBps: next(),
      },
      ...{ levels: [0.05, 0.25, 0.5, 0.75, 0.95], quantilesBps: [-20, -8, 0, 8, 20].map((each) => each + next()) },
      ...{ classes: [0.7 - up, 0.3, up] as const, volatilityBps: 12, realisedBps, thresholdBps: 5 },
    }
  })

export const sampleAbout: RunAbout = {
  title: 'config/backtest.yaml',
  source: 'bars',
  config: {
    mode: 'backtest',
    symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
    risk: { notionalMax: 5_000 },
    barMs: 900_000,
  },
  models: [1, 2, 3].map((month) => ({
    modelId: `demo/2024-0${month}`,
    ...{ trainedFrom: epochMs(START - 300 * 864e5), trainedTo: epochMs(START + (month - 1) * 31 * 864e5) },
    usedFrom: epochMs(START + (month - 1) * 31 * 864e5),
  })),
  data: ['BTC', 'ETH'].map((base) => ({
    ...{
      file: `binance-usdm-${base}USDT-15m.csv.gz`,
      sha256: base.toLowerCase().repeat(22).slice(0, 64),
      symbol: `${base}/USDT:USDT`,
    },
    ...{
      rows: 70_176,
      from: epochMs(START),
      to: epochMs(START + 731 * 864e5),
      repairs: { 'gap filled': base === 'BTC' ? 3 : 0 },
    },
  })),
  code: { version: '0.1.0', commit: 'bcf5485' },
  runHash: '0a1b2c3d'.repeat(8),
  ...{ startedAt: epochMs(Date.UTC(2026, 0, 2, 3, 4, 5)), endedAt: epochMs(Date.UTC(2026, 0, 2, 3, 5, 6)) },
  ...{ bars: 140_352, decisions: 140_352, orders: 812, fills: 790, retrainings: 23, barsPerSecond: 9_100 },
}
