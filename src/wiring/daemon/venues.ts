import { type CcxtFeed, createCcxtFeed, type FeedRecorder } from '../../adapters/ccxt/market-feed.ts'
import { createCcxtGateway } from '../../adapters/ccxt/order-gateway.ts'
import type { VenueId, VenueProfile } from '../../adapters/ccxt/venue-profile.ts'
import { binancecoinm } from '../../adapters/ccxt/venues/binancecoinm.ts'
import { binanceusdm } from '../../adapters/ccxt/venues/binanceusdm.ts'
import { bingx } from '../../adapters/ccxt/venues/bingx.ts'
import { bitget } from '../../adapters/ccxt/venues/bitget.ts'
import { bybit } from '../../adapters/ccxt/venues/bybit.ts'
import { hyperliquid } from '../../adapters/ccxt/venues/hyperliquid.ts'
import { okx } from '../../adapters/ccxt/venues/okx.ts'
import type { Clock } from '../../core/clock.port.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent } from '../../core/market-event.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { FrameMapperOf } from '../../market/frame-mapper.ts'
import { binanceFrameMapper } from '../../market/venues/binance.ts'
import { bingxFrameMapper } from '../../market/venues/bingx.ts'
import { bitgetFrameMapper } from '../../market/venues/bitget.ts'
import { bybitFrameMapper } from '../../market/venues/bybit.ts'
import { hyperliquidFrameMapper } from '../../market/venues/hyperliquid.ts'
import { okxFrameMapper } from '../../market/venues/okx.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import type { Journal } from '../../trading/journal.port.ts'
import type { OrderGateway } from '../../trading/order-gateway.port.ts'
import type { PaperConfig, WallConfig } from '../config/schema.ts'
import { simulationSettings, venueAccount } from '../simulation/simulation-settings.ts'
import { withFees } from '../simulation/with-fees.ts'

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
  /** Its answers come with market data: once these have ended nobody may wait for them. */
  readonly closesFirst?: true
}

/** How each venue is spoken to, and what its frames mean. */
export const VENUES: Readonly<Record<VenueId, { readonly profile: VenueProfile; readonly mapperOf: FrameMapperOf }>> = {
  binanceusdm: { profile: binanceusdm, mapperOf: binanceFrameMapper },
  binancecoinm: { profile: binancecoinm, mapperOf: binanceFrameMapper },
  bybit: { profile: bybit, mapperOf: bybitFrameMapper },
  bitget: { profile: bitget, mapperOf: bitgetFrameMapper },
  bingx: { profile: bingx, mapperOf: bingxFrameMapper },
  okx: { profile: okx, mapperOf: okxFrameMapper },
  hyperliquid: { profile: hyperliquid, mapperOf: hyperliquidFrameMapper },
}

/** Market data of `config.venue`. `record`: gets what a tape needs. */
export function openFeed(
  config: Pick<WallConfig, 'venue' | 'symbols' | 'barMs' | 'feed'>,
  baseUrl: string | undefined,
  edges: Edges,
  record?: FeedRecorder,
): CcxtFeed {
  return createCcxtFeed({
    ...edges,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(record ? { record } : {}),
    ...VENUES[config.venue.id],
    symbols: config.symbols,
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

/** The simulated account of paper mode, as the ledger last left it. Throws `InputError` for contracts that pay in another than the quote currency. */
export function paperVenue(
  config: PaperConfig,
  instruments: readonly Instrument[],
  journal: Journal,
  clock: Clock,
): OrderVenue {
  const inverse = instruments.find((instrument) => instrument.inverse)
  if (inverse) {
    const detail = `its profit is in ${inverse.settle}, but equity and limits are reckoned in the quote currency; use mode signal`
    throw new InputError(`symbol ${inverse.symbol}: mode paper trades no inverse contracts: ${detail}`)
  }
  // Numbers begin at the time of the start: higher than any that an earlier run can have given.
  const firstNumber = Math.floor(clock.now())
  const tickSizes = new Map(instruments.map(({ symbol, tickSize }) => [symbol, Number(tickSize)]))
  const gateway = new SimulatedVenue({
    instruments: withFees(instruments, config.simulation),
    simulation: simulationSettings(config.simulation),
    account: venueAccount(config),
    marginMode: config.venue.marginMode,
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
  return { gateway, closesFirst: true, onOrdered: (event) => gateway.onMarketEvent(event) }
}
