import { levelPairs } from '../../inference/calibration/level-pairs.ts'
import { recalibratedOutputs } from '../../inference/calibration/recalibrate.ts'
import type { Recalibration } from '../../model/bundle/recalibration-schema.ts'
import type { ForecasterOutputs } from '../../model/forecaster-outputs.ts'
import { fitConformal } from './fit-conformal.ts'

const FACTOR_MIN = 0.1
const FACTOR_MAX = 10

export interface WidthRows {
  readonly outputs: ForecasterOutputs
  readonly targetsBps: Float64Array
  readonly levels: readonly number[]
  readonly horizonBars: number
  readonly unit: 'bps' | 'volatility'
}

/**
 * Mean width of the widest interval after conformal shifts ÷ before, as factor for the volatility; undefined: the volatility stays. The rule:
 * shifts of the older half give a factor, and it is taken (then from all rows) only if it lowers the Gaussian log loss ln σ + (y − μ)² / 2σ²
 * on the newer half.
 */
export function fitVolatilityFactor(all: WidthRows): number | undefined {
  const half = Math.floor(all.targetsBps.length / 2)
  const [older, newer] = [part(all, 0, half), part(all, half, all.targetsBps.length)]
  const tried = widthFactor(older)
  if (tried === undefined || !(gaussianLoss(newer, tried) < gaussianLoss(newer, 1))) return undefined
  return widthFactor(all)
}

function widthFactor({ outputs, targetsBps, levels, horizonBars, unit }: WidthRows): number | undefined {
  const [widest] = levelPairs(levels)
  const unitsBps = unit === 'bps' ? outputs.volatility.map(() => 1) : outputs.volatility
  const fit = fitConformal({ levels, quantilesBps: outputs.quantiles, targetsBps, unitsBps, horizonBars })
  if (!widest || fit.shifts[widest.high] === 0) return undefined
  const recalibration: Recalibration = { rows: targetsBps.length, quantiles: { unit, shifts: [...fit.shifts] } }
  const widthOf = ({ quantiles }: ForecasterOutputs): number =>
    targetsBps.reduce((sum, _, row) => {
      const at = row * levels.length
      return sum + quantiles[at + widest.high]! - quantiles[at + widest.low]!
    }, 0)
  const factor = widthOf(recalibratedOutputs(outputs, levels, recalibration)) / widthOf(outputs)
  return factor >= FACTOR_MIN && factor <= FACTOR_MAX ? factor : undefined
}

function gaussianLoss({ outputs, targetsBps }: WidthRows, factor: number): number {
  return targetsBps.reduce((sum, target, row) => {
    const volatility = factor * outputs.volatility[row]!
    return sum + Math.log(volatility) + ((target - outputs.mean[row]!) / volatility) ** 2 / 2
  }, 0)
}

function part(all: WidthRows, from: number, to: number): WidthRows {
  const { outputs, levels, targetsBps } = all
  return {
    ...all,
    targetsBps: targetsBps.slice(from, to),
    outputs: {
      mean: outputs.mean.slice(from, to),
      volatility: outputs.volatility.slice(from, to),
      quantiles: outputs.quantiles.slice(from * levels.length, to * levels.length),
      classes: outputs.classes.slice(from * 3, to * 3),
    },
  }
}
