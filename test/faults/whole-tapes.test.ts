import { test } from 'vitest'
import { realTape } from '../market/real-tapes.ts'
import { expectWhole } from '../wiring/tape/expect-whole.ts'

// Recordings that take too long for `npm test`.
test.skipIf(realTape('binance-usdm-btcusdt-20240808.gz').absent).each([
  [['binance-usdm-btcusdt-20240808.gz'], { bookUpdates: 6_547, trades: 21_313, quotesCompared: 629 }, -1_269],
  [['binance-coinm-btcusd_perp-20240808.gz'], { trades: 2_286, quotesCompared: 1_124 }, -1_258],
  [
    ['binance-usdm-btcusdt-20230404.gz', 'binance-usdm-btcusdt-20230405.gz'],
    { trades: 12_934, bookUpdates: 16_110 },
    5,
  ],
  [
    ['binance-spot-nexousdt-20240723.gz', 'binance-spot-nexousdt-20240724.gz'],
    { bookUpdates: 68_182, trades: 12_458 },
    -38,
  ],
])('%j is whole', expectWhole)
