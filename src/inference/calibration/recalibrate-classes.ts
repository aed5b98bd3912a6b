import type { ProbabilityCurve, Recalibration } from '../../model/bundle/recalibration-schema.ts'

/** Probabilities of down, flat, up. */
export type Classes = readonly [down: number, flat: number, up: number]

/** `classes` with each probability to the power of 1 / `temperature`, of sum 1: softmax of logits / temperature (Guo et al. 2017, § 4.2). */
export function temper([down, flat, up]: Classes, temperature: number): Classes {
  const most = Math.max(down, flat, up)
  return normalised([down, flat, up].map((p) => (p / most) ** (1 / temperature)) as [number, number, number])
}

/** `p` on the curve: straight between its points, flat beyond them. */
export function onCurve({ said, came }: ProbabilityCurve, p: number): number {
  const above = said.findIndex((point) => point >= p)
  if (above < 0) return came.at(-1)!
  if (above === 0) return came[0]!
  const [left, right] = [said[above - 1]!, said[above]!]
  const share = (p - left) / (right - left)
  return came[above - 1]! + share * (came[above]! - came[above - 1]!)
}

export function recalibratedClasses(classes: Classes, how: NonNullable<Recalibration['classes']>): Classes {
  if (how.method === 'temperature') return temper(classes, how.temperature)
  const curved = how.curves.map((curve, k) => onCurve(curve, classes[k]!)) as [number, number, number]
  // Where all three curves say that it never came, they say nothing of which it is.
  return curved.some((p) => p > 0) ? normalised(curved) : classes
}

function normalised([down, flat, up]: Classes): Classes {
  const sum = down + flat + up
  return [down / sum, flat / sum, up / sum]
}
