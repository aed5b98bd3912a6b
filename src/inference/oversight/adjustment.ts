import { shiftQuantiles } from '../calibration/shift-quantiles.ts'
import type { Adjustment, Forecast } from '../forecast.ts'

/** `forecast` with its quantiles shifted, still ascending; size and abstention are the policy's business. */
export function applyAdjustment(forecast: Forecast, adjustment: Adjustment): Forecast {
  const { quantileShiftsBps, sizeFactor, abstain } = adjustment
  if (!quantileShiftsBps) return sizeFactor === 1 && !abstain ? forecast : { ...forecast, adjustment }
  const quantilesBps = shiftQuantiles(forecast.quantilesBps, quantileShiftsBps, forecast.levels)
  return { ...forecast, quantilesBps, adjustment }
}
