import { type CcxtFeed, createCcxtFeed } from '../../adapters/ccxt/market-feed.ts'
import { createCcxtGateway } from '../../adapters/ccxt/order-gateway.ts'
import type { Clock } from '../../core/clock.port.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import { binanceFrameMapper } from '../../market/venues/binance.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import type { Journal } from '../../trading/journal.port.ts'
import type { OrderGateway } from '../../trading/order-gateway.port.ts'
import type { Config, PaperConfig, ReplayConfig } from '../config/schema.ts'

export interface Edges {
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** Jitter only. */
  readonly random: Random
}

/** Where orders go, and what must see the market's events before the pipeline does. */
export interface OrderVenue {
  readonly gateway: OrderGateway
  /** Connects; absent where there is nothing to connect. */
  start?(): Promise<void>
  /** What the account really pays; absent where the config says it. */
  feeRates?(): Promise<ReadonlyMap<InstrumentSymbol, { readonly maker: number; readonly taker: number }>>
  onOrdered?(event: MarketEvent): void
}

type WallConfig = Exclude<Config, ReplayConfig>

export function openFeed(config: WallConfig, baseUrl: string | undefined, edges: Edges): CcxtFeed {
  return createCcxtFeed({
    ...edges,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    symbols: config.symbols,
    mapperOf: binanceFrameMapper,
    barMs: config.barMs,
    graceMs: config.feed.graceMs,
    staleMs: config.feed.staleMsMax,
    requestTimeoutMs: config.venue.requestTimeoutMs,
    recvWindowMs: config.venue.recvWindowMs,
    feeRates: { maker: config.venue.makerFeeRate, taker: config.venue.takerFeeRate },
  })
}

/** The exchange's own order API, or the simulator's. */
export function exchangeVenue(
  config: WallConfig,
  baseUrl: string | undefined,
  credentials: { readonly apiKey: string; readonly secret: string },
  instruments: readonly Instrument[],
  edges: Edges,
): OrderVenue {
  const gateway = createCcxtGateway({
    ...edges,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    credentials,
    instruments,
    requestTimeoutMs: config.venue.requestTimeoutMs,
    recvWindowMs: config.venue.recvWindowMs,
  })
  return {
    gateway,
    start: async () => {
      await gateway.start()
      await gateway.setUp({ leverage: config.venue.leverage, marginMode: config.venue.marginMode })
    },
    feeRates: () => gateway.feeRates(),
  }
}

/** The simulated account of paper mode, as the ledger last left it. */
export function paperVenue(
  config: PaperConfig,
  instruments: readonly Instrument[],
  journal: Journal,
  clock: Clock,
): OrderVenue {
  // Numbers begin at the time of the start: higher than any that an earlier run can have given.
  const firstNumber = Math.floor(clock.now())
  const tickSizes = new Map(instruments.map(({ symbol, tickSize }) => [symbol, Number(tickSize)]))
  const gateway = new SimulatedVenue({
    instruments,
    latencyMs: config.paper.latencyMs,
    deposit: config.paper.startingBalance,
    leverage: config.venue.leverage,
    opening: {
      wallets: Object.fromEntries(journal.balances().map(({ currency, wallet }) => [currency, wallet])),
      positions: journal
        .positions()
        .filter(({ symbol, lots }) => lots !== 0 && tickSizes.has(symbol))
        .map(({ symbol, lots, entryTicks }) => ({
          symbol,
          lots,
          entryPrice: String(Number(entryTicks) * (tickSizes.get(symbol) ?? 1)),
        })),
      lastTradeId: firstNumber,
      lastOrderId: firstNumber,
    },
  })
  return { gateway, onOrdered: (event) => gateway.onMarketEvent(event) }
}
