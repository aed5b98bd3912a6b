import { type EpochMs, epochMs } from '../../core/units.ts'
import type { Candle, Candles } from './candle.ts'

/** Numbers of a candle, in the order of the fields of `Candle`. */
const WIDTH = 9

/**
 * Candles in memory that threads share: a year of minutes as objects would be half a million, and every collection of garbage would
 * look at each.
 */
export class PackedCandles implements Candles {
  /** [candles, 9], row-major. */
  readonly values: Float64Array<SharedArrayBuffer>

  constructor(values: Float64Array<SharedArrayBuffer>) {
    this.values = values
  }

  get length(): number {
    return this.values.length / WIDTH
  }

  at(index: number): Candle | undefined {
    const { values } = this
    const from = (index < 0 ? index + this.length : index) * WIDTH
    if (!(from >= 0 && from < values.length)) return undefined
    return {
      startAt: epochMs(values[from]!),
      open: values[from + 1]!,
      high: values[from + 2]!,
      low: values[from + 3]!,
      close: values[from + 4]!,
      volume: values[from + 5]!,
      quoteVolume: values[from + 6]!,
      tradeCount: values[from + 7]!,
      takerBuyVolume: values[from + 8]!,
    }
  }

  /** The same memory. */
  slice(from: number, until: number): PackedCandles {
    return new PackedCandles(this.values.subarray(from * WIDTH, until * WIDTH))
  }
}

/** Writes one candle behind the other. */
export interface CandlePacker {
  add(candle: Candle): void
  /** After `count` candles. */
  end(): PackedCandles
}

export function candlePacker(count: number): CandlePacker {
  const values = new Float64Array(new SharedArrayBuffer(count * WIDTH * Float64Array.BYTES_PER_ELEMENT))
  let at = 0
  const put = (value: number): void => {
    values[at] = value
    at += 1
  }
  return {
    add({ startAt, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume }) {
      put(startAt satisfies EpochMs)
      put(open)
      put(high)
      put(low)
      put(close)
      put(volume)
      put(quoteVolume)
      put(tradeCount)
      put(takerBuyVolume)
    },
    end: () => new PackedCandles(values),
  }
}

/** `make`: candle `index` of `count`. */
export function packCandles(count: number, make: (index: number) => Candle): PackedCandles {
  const packer = candlePacker(count)
  for (let index = 0; index < count; index += 1) packer.add(make(index))
  return packer.end()
}
