import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'

/** Since 2026-04-23 Binance serves books and quotes on `/public`, trades, marks and liquidations on `/market`. */
type StreamCategory = 'public' | 'market'

/** One websocket, its instruments and what is known of it. */
export interface FeedSocket {
  readonly category: StreamCategory
  readonly url: string
  readonly streams: readonly string[]
  readonly venueSymbols: ReadonlyMap<InstrumentSymbol, string>
  /** When the book or the mark of each instrument was last heard of here, monotonic milliseconds. */
  readonly heardAt: Map<InstrumentSymbol, number>
  isUp: boolean
  /** How often the connection was lost: what was asked for before a loss is void after it. */
  losses: number
}

const STREAMS_MAX = 100
const CHANNELS: Readonly<Record<StreamCategory, readonly string[]>> = {
  public: ['depth@100ms', 'bookTicker'],
  market: ['aggTrade', 'markPrice@1s', 'forceOrder'],
}

/** Spreads the instruments over sockets of at most `STREAMS_MAX` streams. */
export function planSockets(
  instruments: readonly Instrument[],
  urlOf: (category: StreamCategory, index: number) => string,
): readonly FeedSocket[] {
  return (['public', 'market'] as const).flatMap((category) => {
    const channels = CHANNELS[category]
    const size = Math.floor(STREAMS_MAX / channels.length)
    const count = Math.ceil(instruments.length / size)
    return Array.from({ length: count }, (_, index): FeedSocket => {
      const mine = instruments.slice(index * size, (index + 1) * size)
      return {
        category,
        url: urlOf(category, index),
        streams: mine.flatMap(({ venueSymbol }) =>
          channels.map((channel) => `${venueSymbol.toLowerCase()}@${channel}`),
        ),
        venueSymbols: new Map(mine.map(({ symbol, venueSymbol }) => [symbol, venueSymbol])),
        heardAt: new Map(mine.map(({ symbol }) => [symbol, 0])),
        isUp: false,
        losses: 0,
      }
    })
  })
}
