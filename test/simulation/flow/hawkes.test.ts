import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { hawkesProcess } from '../../../src/simulation/flow/hawkes.ts'

const BASE = 5
const BRANCHING = 0.6
const DECAY = 4

function arrivals(count: number): number[] {
  const process = hawkesProcess(seededRandom(11), BASE, BRANCHING, DECAY, 0)
  return Array.from({ length: count }, () => process.next())
}

describe('Hawkes process', () => {
  test('the mean rate is base / (1 − branching)', () => {
    const times = arrivals(200_000)
    // Standard error of the count: sqrt(n) / (1 − branching), about 0.6 % here.
    expect(times.length / times.at(-1)!).toBeCloseTo(BASE / (1 - BRANCHING), 0)
    expect(Math.abs((times.length / times.at(-1)!) * ((1 - BRANCHING) / BASE) - 1)).toBeLessThan(0.02)
  })

  test('the compensator between arrivals is exponential with mean 1 (time change theorem)', () => {
    const times = arrivals(50_000)
    let excess = (BASE * BRANCHING) / (1 - BRANCHING)
    let before = 0
    const residuals = times.map((at) => {
      const wait = at - before
      before = at
      const kept = Math.exp(-DECAY * wait)
      const residual = BASE * wait + (excess * (1 - kept)) / DECAY
      excess = excess * kept + BRANCHING * DECAY
      return residual
    })
    residuals.sort((a, b) => a - b)
    const n = residuals.length
    // Kolmogorov–Smirnov against Exp(1), 0.1 % level.
    const distance = Math.max(...residuals.map((r, i) => Math.abs(1 - Math.exp(-r) - (i + 0.5) / n)))
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n))
  })

  test('without excitation it is a Poisson process', () => {
    const process = hawkesProcess(seededRandom(3), 10, 0, DECAY, 0)
    const times = Array.from({ length: 50_000 }, () => process.next())
    expect(times.at(-1)! / 50_000).toBeCloseTo(0.1, 2)
  })
})
