import { systemClock } from '../../src/adapters/clock/system-clock.ts'
import {
  type ExchangeServer,
  type ExchangeServerOptions,
  startExchangeServer,
} from '../../src/adapters/exchange-server/exchange-server.ts'
import { type EpochMs, epochMs } from '../../src/core/units.ts'
import { type BinanceProtocol, createBinanceProtocol, DEMO_KEY } from '../../src/simulation/binance/binance-protocol.ts'
import { createExchange } from '../../src/simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../src/simulation/exchange/demo-markets.ts'
import type { ExchangeSettings } from '../../src/simulation/exchange/exchange-settings.ts'
import type { SimulatedExchange } from '../../src/simulation/exchange/simulated-exchange.ts'

export interface PureBinance {
  readonly exchange: SimulatedExchange
  readonly protocol: BinanceProtocol
}

/** A whole second: 2026-11-21T00:00:00Z. */
export const START_AT = epochMs(1_795_219_200_000)

/** Exchange and protocol without sockets, at a time of the test's choice. */
export function pureBinance(settings: Partial<ExchangeSettings> = {}, startAt: EpochMs = START_AT): PureBinance {
  const fundingIntervalMs = settings.fundingIntervalMs ?? 28_800_000
  const exchange = createExchange({
    seed: 7,
    startAt,
    markets: demoMarkets(0.5),
    deposit: '10000',
    ...settings,
    fundingIntervalMs,
  })
  return { exchange, protocol: createBinanceProtocol(exchange, { now: startAt, fundingIntervalMs }) }
}

/** The same behind a real server on a free loopback port, living by the wall clock. The caller closes it. */
export async function servedBinance(
  options: Partial<ExchangeServerOptions> = {},
  settings: Partial<ExchangeSettings> = {},
): Promise<PureBinance & { readonly server: ExchangeServer }> {
  const clock = systemClock()
  const pure = pureBinance(settings, clock.now())
  const server = await startExchangeServer({
    clock,
    port: 0,
    keys: [DEMO_KEY],
    seed: 7,
    protocol: pure.protocol,
    ...options,
  })
  return { ...pure, server }
}
