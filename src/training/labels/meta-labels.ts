import type { RowTable } from '../rows/row-table.ts'
import { barVolatilitiesBps } from './bar-volatility.ts'
import type { FirstTouch } from './first-touch.ts'
import { firstTouch } from './first-touch.ts'
import type { LabelSettings } from './label-settings.ts'
import type { PricePath } from './price-path.ts'
import type { LabelOf } from './row-label.ts'

type MetaSettings = Extract<LabelSettings, { kind: 'meta' }>

/** What following a side came to, before costs. */
interface Exit {
  readonly returnBps: number
  readonly end: number
}

/**
 * What following the primary's `sides` (their signs count; 0: it takes none, no label) earns after costs, basis points (López de Prado
 * 2018, ch. 3.6). With barriers the position is closed at the first of profit, stop and horizon; of both in one bar the stop counts, and a
 * price that leapt over the stop closes at where it landed.
 */
export function metaLabels(
  table: RowTable,
  path: PricePath,
  horizonBars: number,
  { barriers, costBps }: MetaSettings,
  sides: ArrayLike<number>,
): LabelOf {
  const exitOf = barriers ? barrierExits(table, path, horizonBars, barriers) : horizonExits(path, horizonBars)
  return (row) => {
    const side = Math.sign(sides[row]!)
    if (side !== 1 && side !== -1) return undefined
    const exit = exitOf(row, side)
    if (exit === undefined) return undefined
    const { returnBps, end } = exit
    return { targetBps: returnBps - costBps, varianceBps2: path.varianceBps2(row, end), end }
  }
}

type ExitOf = (row: number, side: 1 | -1) => Exit | undefined

const horizonExits =
  ({ reach, returnBps }: PricePath, horizonBars: number): ExitOf =>
  (row, side) => {
    const end = row + horizonBars
    return end > reach[row]! ? undefined : { returnBps: side * returnBps(row, end), end }
  }

function barrierExits(
  table: RowTable,
  path: PricePath,
  horizonBars: number,
  { profit, stop, volatilityHalfLifeBars }: NonNullable<MetaSettings['barriers']>,
): ExitOf {
  const touched: FirstTouch = firstTouch(table, path, horizonBars)
  const volatilities = barVolatilitiesBps(path, volatilityHalfLifeBars)
  return (row, side) => {
    const deviation = volatilities[row]! * Math.sqrt(horizonBars)
    if (!(deviation > 0)) return undefined
    const [gain, loss] = [profit * deviation, -stop * deviation]
    const touch = touched(row, side > 0 ? { upper: gain, lower: loss } : { upper: -loss, lower: -gain })
    if (touch === undefined) return undefined
    if (touch === 'none') return { returnBps: side * path.returnBps(row, row + horizonBars), end: row + horizonBars }
    const isProfit = touch.barrier === (side > 0 ? 'upper' : 'lower')
    return { returnBps: isProfit ? gain : Math.min(loss, side * touch.openBps), end: touch.row }
  }
}
