import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { seededRandom } from '../../../src/core/random.ts'
import type { Candle } from '../../../src/features/indicators/indicator.ts'

/** A random walk of log-prices on a 0.1 grid with volume; made, not recorded. */
export function walk(count: number, seed: number, start = 60_000): readonly Candle[] {
  const random = seededRandom(seed)
  const grid = (price: number): number => Math.round(price * 10) / 10
  let close = start
  return Array.from({ length: count }, () => {
    const open = close
    let [high, low] = [open, open]
    for (let step = 0; step < 6; step += 1) {
      close = grid(close * Math.exp(0.0006 * (random() + random() + random() - 1.5)))
      high = Math.max(high, close)
      low = Math.min(low, close)
    }
    return { open, high, low, close, volume: Math.round(1e5 * random() ** 3) / 1e3 }
  })
}

const folder = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'bars')

/** The exchange's own one-minute bars; none, with a printed line, where the file is absent. */
export function realMinutes(symbol: string, count: number): readonly Candle[] {
  const file = path.join(folder, `binance-usdm-${symbol}-1m-2025-05-06.csv.gz`)
  if (!existsSync(file)) {
    console.log(`skipped: no real bars at ${file}; set TICKWRIGHT_DATA to the folder that holds bars/`)
    return []
  }
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  return lines.slice(1, count + 1).map((line) => {
    const [, open, high, low, close, volume] = line.split(',').map(Number)
    return { open: open!, high: high!, low: low!, close: close!, volume: volume! }
  })
}
