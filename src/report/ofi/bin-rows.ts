import type { Converter } from '../../core/instrument.ts'
import { BOOK_LEVELS } from '../../market/bar.ts'
import type { FlowBin } from './flow-bins.ts'

const SIZE_DECIMALS = 8

/** The bins as CSV: times in ms, moves in ticks, mid in quote currency, sizes in units; empty where the book was not whole. */
export function binRows(bins: readonly FlowBin[], { quantity, tickSize }: Converter): string {
  const size = (lots: number): string => String(Number(quantity(lots).toFixed(SIZE_DECIMALS)))
  const levels = Array.from({ length: BOOK_LEVELS }, (_, level) => `ofi_${level + 1}`)
  const head = ['startAt', 'ofi', 'moveTicks', 'mid', 'signedVolume', 'volume', 'broken', ...levels]
  const rows = bins.map((bin) => [
    bin.startAt,
    size(bin.flowLots),
    bin.moveTicks,
    Number((bin.midTicks * tickSize).toFixed(SIZE_DECIMALS)),
    size(bin.signedLots),
    size(bin.tradedLots),
    bin.broken ? 1 : 0,
    ...(bin.levels?.flowLots.map(size) ?? levels.map(() => '')),
  ])
  return `${[head, ...rows].map((row) => row.join(',')).join('\n')}\n`
}
