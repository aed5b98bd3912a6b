import type { RowTable } from '../rows/row-table.ts'
import { barVolatilitiesBps } from './bar-volatility.ts'
import type { Barriers } from './first-touch.ts'
import { firstTouch } from './first-touch.ts'
import type { LabelSettings } from './label-settings.ts'
import { netReturnBps } from './net-return.ts'
import type { PricePath } from './price-path.ts'
import type { LabelOf } from './row-label.ts'

type BarrierSettings = Extract<LabelSettings, { kind: 'triple-barrier' }>

/**
 * Log-return at the first of three barriers, net of costs (López de Prado 2018, ch. 3.3–3.4). Whose side the model will be on is not known
 * yet, so a bar that touches both pays nobody: a long may have been stopped, and so may a short; its label is 0. A row is labelled as soon
 * as a barrier is touched, so close to the end of data those that move are labelled and those that do not are not.
 */
export function barrierLabels(
  table: RowTable,
  path: PricePath,
  horizonBars: number,
  { upper, lower, volatilityHalfLifeBars, costBps }: BarrierSettings,
): LabelOf {
  const touched = firstTouch(table, path, horizonBars)
  const volatilities = barVolatilitiesBps(path, volatilityHalfLifeBars)
  return (row) => {
    const deviation = volatilities[row]! * Math.sqrt(horizonBars)
    if (!(deviation > 0)) return undefined
    const barriers: Barriers = { upper: upper * deviation, lower: -lower * deviation }
    const touch = touched(row, barriers)
    if (touch === undefined) return undefined
    const end = touch === 'none' ? row + horizonBars : touch.row
    const returnBps = touch === 'none' ? path.returnBps(row, end) : { ...barriers, both: 0 }[touch.barrier]
    return { targetBps: netReturnBps(returnBps, costBps), varianceBps2: path.varianceBps2(row, end), end }
  }
}
