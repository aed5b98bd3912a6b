import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Converter, converter } from '../../../src/core/instrument.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { FrameMapperOf } from '../../../src/market/frame-mapper.ts'
import { binanceFrameMapper } from '../../../src/market/venues/binance.ts'
import { bybitFrameMapper } from '../../../src/market/venues/bybit.ts'
import { okxFrameMapper } from '../../../src/market/venues/okx.ts'
import { BTCUSDT } from '../instruments.ts'
import { capturedFrames } from './cryptofeed.ts'

/** Steps so fine that no sample is off them: what is looked at here is the shape. */
const finest = (venueSymbol: string): [string, Converter] => [
  venueSymbol,
  converter({ ...BTCUSDT, symbol: venueSymbol, venueSymbol, tickSize: '0.00000001', lotSize: '0.00000001' }),
]

const NAUTILUS = ['nautilus']
const JKORF = ['jkorf', 'Binance.Net', 'Subscriptions', 'UsdFutures']
const BYBIT_NET = ['jkorf', 'Bybit.Net', 'Subscriptions', 'V5', 'Linear']
const BINANCE = [...NAUTILUS, 'crates_binance', 'futures', 'market_data_json']

/** A plain JSON file, or the pushes (after a line that begins with `=`) of a transcript. */
function pushes(file: string): unknown[] {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.json')) return [JSON.parse(text)]
  if (file.endsWith('.jsonl'))
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  return text
    .split(/^=\d*/m)
    .slice(1)
    .map((push) => JSON.parse(push) as unknown)
}

describe.each<[string, FrameMapperOf, readonly string[], readonly (readonly [readonly string[], readonly object[]])[]]>(
  [
    [
      'Binance',
      binanceFrameMapper,
      ['BTCUSDT', 'BNBUSDT', 'STGUSDT'],
      [
        [
          ['binance-usdm-2026-08.jsonl'],
          [
            {
              kind: 'event',
              event: {
                kind: 'trade',
                tradeId: 3_404_749_954,
                size: 200_000,
                side: 'sell',
                exchangeTime: 1_786_171_884_471,
              },
            },
            {
              kind: 'event',
              event: {
                kind: 'mark',
                markPrice: 64_991.37858696,
                fundingRate: 0.00003936,
                nextFundingAt: 1_786_176_000_000,
              },
            },
            { kind: 'ignored' },
            { kind: 'event', event: { kind: 'liquidation', side: 'sell', price: 13_360_000, size: 500_000_000 } },
          ],
        ],
        [
          [...BINANCE, 'depth_update_stream.json'],
          [{ kind: 'event', event: { kind: 'book', firstId: 157, lastId: 160, prevId: 149 } }],
        ],
        [
          [...BINANCE, 'agg_trade_stream.json'],
          [{ kind: 'event', event: { kind: 'trade', tradeId: 5_933_014, side: 'sell' } }],
        ],
        [[...BINANCE, 'trade_stream.json'], [{ kind: 'event', event: { kind: 'trade', tradeId: 5_933_014 } }]],
        [[...BINANCE, 'book_ticker_stream.json'], [{ kind: 'event', event: { kind: 'quote', updateId: 400_900_217 } }]],
        [
          [...BINANCE, 'mark_price_stream.json'],
          [{ kind: 'event', event: { kind: 'mark', indexPrice: 11_784.62659091 } }],
        ],
        [[...BINANCE, 'liquidation_stream.json'], [{ kind: 'event', event: { kind: 'liquidation', side: 'sell' } }]],
        [[...BINANCE, 'ticker_stream.json'], [{ kind: 'ignored' }]],
        [[...JKORF, 'Book.txt'], [{ kind: 'event', event: { kind: 'book', prevId: 149 } }]],
        [[...JKORF, 'PartialBook.txt'], [{ kind: 'ignored' }]],
        [[...JKORF, 'BookTicker.txt'], [{ kind: 'event', event: { kind: 'quote' } }]],
        [[...JKORF, 'MarkPrice.txt'], [{ kind: 'event', event: { kind: 'mark' } }]],
        [[...JKORF, 'Liquidations.txt'], [{ kind: 'event', event: { kind: 'liquidation' } }]],
        [[...JKORF, 'OrderUpdate.txt'], [{ kind: 'ignored' }]],
      ],
    ],
    [
      'Bybit',
      bybitFrameMapper,
      ['BTCUSDT', 'ETHUSDT'],
      [
        [
          [...NAUTILUS, 'crates_bybit', 'ws_orderbook_snapshot.json'],
          [{ event: { kind: 'quote', bidTicks: 2_745_000_000_000 } }],
        ],
        [[...NAUTILUS, 'crates_bybit', 'ws_orderbook_delta.json'], [{ kind: 'ignored' }]],
        [[...NAUTILUS, 'crates_bybit', 'ws_kline.json'], [{ kind: 'ignored' }]],
        [[...NAUTILUS, 'crates_bybit', 'ws_subscription_ack.json'], [{ kind: 'ignored' }]],
        [[...NAUTILUS, 'crates_bybit', 'ws_account_order.json'], [{ kind: 'ignored' }]],
        [
          [...NAUTILUS, 'crates_bybit', 'ws_ticker_linear.json'],
          [
            {
              kind: 'event',
              event: { kind: 'mark', markPrice: 17_217.33, openInterest: 68_744.761, nextFundingAt: 1_673_280_000_000 },
            },
          ],
        ],
        [
          [...BYBIT_NET, 'Trades.txt'],
          [{ kind: 'event', event: { kind: 'trade', side: 'buy', price: 1_657_850_000_000 } }],
        ],
        [[...BYBIT_NET, 'Ticker.txt'], [{ kind: 'event', event: { kind: 'mark' } }]],
        // A short was liquidated, so the order bought.
        [
          [...BYBIT_NET, 'Liquidations.txt'],
          [{ kind: 'event', event: { kind: 'liquidation', side: 'buy', price: 4_499_000 } }],
        ],
      ],
    ],
    [
      'OKX',
      okxFrameMapper,
      ['BTC-USDT', 'BTC-USD', 'BTC-USDT-SWAP'],
      [
        [
          [...NAUTILUS, 'crates_okx', 'ws_books_snapshot.json'],
          [{ event: { kind: 'book', type: 'snapshot', lastId: 123_456, inStream: true } }],
        ],
        [
          [...NAUTILUS, 'crates_okx', 'ws_books_update.json'],
          [{ event: { kind: 'book', type: 'delta', prevId: 123_456, lastId: 123_457 } }],
        ],
        [[...NAUTILUS, 'crates_okx', 'ws_bbo_tbt.json'], [{ event: { kind: 'quote', updateId: 123_456 } }]],
        [
          [...NAUTILUS, 'crates_okx', 'ws_trades.json'],
          [{ event: { kind: 'trade', tradeId: 130_639_474, side: 'buy' } }],
        ],
        [
          [...NAUTILUS, 'crates_okx', 'ws_funding_rate.json'],
          [{ event: { kind: 'mark', fundingRate: 0.0001, nextFundingAt: 1_744_590_349_506 } }],
        ],
        [[...NAUTILUS, 'crates_okx', 'ws_tickers.json'], [{ kind: 'ignored' }]],
        [[...NAUTILUS, 'crates_okx', 'ws_orders_liquidation.json'], [{ kind: 'ignored' }]],
        [[...NAUTILUS, 'crates_okx', 'ws_account.json'], [{ kind: 'ignored' }]],
      ],
    ],
  ],
)('samples of %s', (_venue, mapperOf, symbols, samples) => {
  const files = samples.map(([name, expected]) => ({ name: name.join('/'), expected, path: name }))
  const root = capturedFrames(...NAUTILUS)
  test.skipIf(root.absent).each(files)('$name', ({ path, expected }) => {
    const { file } = capturedFrames(...path)
    expect(existsSync(file)).toBe(true)
    const { map } = mapperOf(new Map(symbols.map(finest)))
    expect(pushes(file).map((frame) => map(frame, 1 as EpochMs))).toMatchObject(expected)
  })
})
