import { type Classes, temper } from '../../inference/calibration/recalibrate-classes.ts'
import { logLoss, minimise } from '../scores.ts'

const TEMPERATURE_MIN = 0.05
const TEMPERATURE_MAX = 20

/**
 * The temperature that has the least mean −ln p of what came (Guo, Pleiss, Sun and Weinberger 2017, § 4.2). The loss is convex in
 * 1 / temperature, so it has one valley. `came`: 0 down, 1 flat, 2 up, for each of `classes`.
 */
export function fitTemperature(classes: readonly Classes[], came: ArrayLike<number>): number {
  const loss = (logTemperature: number): number =>
    classLoss(classes, came, (one) => temper(one, Math.exp(logTemperature)))
  return Math.exp(minimise(loss, Math.log(TEMPERATURE_MIN), Math.log(TEMPERATURE_MAX)))
}

/** Mean −ln of the probability of what came, after `correct`. */
export function classLoss(
  classes: readonly Classes[],
  came: ArrayLike<number>,
  correct: (one: Classes) => Classes = (one) => one,
): number {
  return classes.reduce((sum, one, i) => sum + logLoss(correct(one)[came[i]!]!), 0) / classes.length
}
