import { type CcxtFeed, type CcxtFeedOptions, createCcxtFeed } from '../../../../src/adapters/ccxt/market-feed.ts'
import { binanceusdm } from '../../../../src/adapters/ccxt/venues/binanceusdm.ts'
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../../../src/adapters/clock/system-scheduler.ts'
import type { MarketEvent } from '../../../../src/core/market-event.ts'
import { seededRandom } from '../../../../src/core/random.ts'
import { binanceFrameMapper } from '../../../../src/market/venues/binance.ts'

export interface WatchedFeed {
  readonly feed: CcxtFeed
  readonly events: ReadonlyMap<string, MarketEvent[]>
  of<K extends MarketEvent['kind']>(symbol: string, kind: K): Extract<MarketEvent, { kind: K }>[]
}

/** A feed on a server of this machine, all its events kept. */
export function watchedFeed(baseUrl: string, options: Partial<CcxtFeedOptions> = {}): WatchedFeed {
  const symbols = options.symbols ?? ['BTC/USDT:USDT']
  const feed = createCcxtFeed({
    profile: binanceusdm,
    clock: systemClock(),
    scheduler: systemScheduler(),
    random: seededRandom(1),
    mapperOf: binanceFrameMapper,
    barMs: 60_000,
    baseUrl,
    ...options,
    symbols,
  })
  const events = new Map<string, MarketEvent[]>()
  for (const symbol of symbols) {
    const list: MarketEvent[] = []
    events.set(symbol, list)
    feed.events(symbol).subscribe((event) => list.push(event))
  }
  const of: WatchedFeed['of'] = (symbol, kind) =>
    (events.get(symbol) ?? []).filter(
      (event): event is Extract<MarketEvent, { kind: typeof kind }> => event.kind === kind,
    )
  return { feed, events, of }
}
