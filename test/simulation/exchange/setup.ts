import type { EpochMs, Lots, Ticks } from '../../../src/core/units.ts'
import { createExchange } from '../../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../../src/simulation/exchange/demo-markets.ts'
import type { PlaceRequest } from '../../../src/simulation/exchange/exchange.ts'
import type { ExchangeOutput } from '../../../src/simulation/exchange/exchange-output.ts'
import type { ExchangeSettings, MarketSettings } from '../../../src/simulation/exchange/exchange-settings.ts'
import type { SimulatedExchange } from '../../../src/simulation/exchange/simulated-exchange.ts'

export const START = 1_700_000_000_000 as EpochMs
export const BTC = 'BTC/USDT:USDT'

export const atMs = (ms: number): EpochMs => (START + ms) as EpochMs

/** The market's crowd only quotes around a price that never moves: what happens is the test's doing. */
export const quiet = (market: MarketSettings): MarketSettings => ({
  ...market,
  volatilityBps: 0,
  limitRate: 0,
  marketRate: 0,
})

export const exchangeOf = (settings: Partial<ExchangeSettings> = {}): SimulatedExchange =>
  createExchange({
    seed: 1,
    startAt: START,
    markets: demoMarkets(0.5).slice(0, 1),
    deposit: '10000',
    fundingIntervalMs: 3_600_000,
    ...settings,
  })

export const quietExchange = (settings: Partial<ExchangeSettings> = {}): SimulatedExchange =>
  exchangeOf({ markets: demoMarkets(0).slice(0, 1).map(quiet), ...settings })

let clientIds = 0

export const request = (over: Partial<PlaceRequest> & { price?: Ticks } = {}): PlaceRequest => ({
  account: 'alice',
  symbol: BTC,
  side: 'buy',
  type: over.price === undefined ? 'MARKET' : 'LIMIT',
  size: 10 as Lots,
  timeInForce: over.price === undefined ? 'IOC' : 'GTC',
  reduceOnly: false,
  clientId: `c${++clientIds}`,
  ...over,
})

export const kindsOf = (outputs: readonly ExchangeOutput[]): string[] =>
  outputs
    .filter(({ kind }) => kind !== 'level' && kind !== 'mark')
    .map((output) => (output.kind === 'order' ? `order ${output.execution} ${output.order.status}` : output.kind))

export const lots = (value: number): Lots => value as Lots
export const ticks = (value: number): Ticks => value as Ticks
