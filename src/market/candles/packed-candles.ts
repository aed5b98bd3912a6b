import { epochMs } from '../../core/units.ts'
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

/** `make`: candle `index` of `count`. */
export function packCandles(count: number, make: (index: number) => Candle): PackedCandles {
  const values = new Float64Array(new SharedArrayBuffer(count * WIDTH * Float64Array.BYTES_PER_ELEMENT))
  for (let index = 0; index < count; index += 1) {
    const candle = make(index)
    const from = index * WIDTH
    values[from] = candle.startAt
    values[from + 1] = candle.open
    values[from + 2] = candle.high
    values[from + 3] = candle.low
    values[from + 4] = candle.close
    values[from + 5] = candle.volume
    values[from + 6] = candle.quoteVolume
    values[from + 7] = candle.tradeCount
    values[from + 8] = candle.takerBuyVolume
  }
  return new PackedCandles(values)
}
