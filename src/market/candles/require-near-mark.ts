import type { CheckedCandles } from './checked-candles.ts'
import { badRow, type TableShape } from './table.ts'

/** So many marks in a row on one side are another price series; fewer are a spike, which last prices have and marks have not. */
const STRETCH_MIN = 3

/**
 * Throws `InputError` where closes stay further than `jumpBpsMax` basis points, |ln(close/mark)|, from the marks: prices of another
 * instrument or of the spot market were spliced in. Candles without a mark say nothing.
 */
export function requireNearMark(
  shape: TableShape,
  { candles, slots }: Pick<CheckedCandles, 'candles' | 'slots'>,
  marks: Float64Array,
  jumpBpsMax: number,
): void {
  let stretch: number[] = []
  const end = (): void => {
    if (stretch.length >= STRETCH_MIN) throw spliced(stretch)
    stretch = []
  }
  const bpsAt = (n: number): number => 1e4 * Math.log(candles.at(n)!.close / marks[n]!)
  const spliced = (found: readonly number[]): Error => {
    const n = found[0]!
    const rule = `the mark price is ${marks[n]}, ${bpsAt(n).toFixed(0)} bps off, and so for ${found.length} marks; at most ${jumpBpsMax} bps: were prices of another market spliced in?`
    return badRow(shape, slots[n]!, 'close', candles.at(n)!.close, rule)
  }
  for (let n = 0; n < candles.length; n += 1) {
    if (slots[n]! < 0 || Number.isNaN(marks[n]!)) continue
    const bps = bpsAt(n)
    const last = stretch.at(-1)
    if (last !== undefined && Math.sign(bpsAt(last)) !== Math.sign(bps)) end()
    if (Math.abs(bps) > jumpBpsMax) stretch.push(n)
    else end()
  }
  end()
}
