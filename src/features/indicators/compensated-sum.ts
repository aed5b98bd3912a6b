import { Scalars } from './scalars.ts'

/** A sum without end whose rounding errors do not add up (Neumaier 1974). */
export class CompensatedSum extends Scalars<'sum' | 'rest'> {
  constructor() {
    super({ sum: 0, rest: 0 })
  }

  add(x: number): number {
    const { now } = this
    const total = now.sum + x
    now.rest += Math.abs(now.sum) >= Math.abs(x) ? now.sum - total + x : x - total + now.sum
    now.sum = total
    return now.sum + now.rest
  }
}
