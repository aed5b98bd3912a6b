import fc from 'fast-check'
import { expect, test } from 'vitest'
import { realisedVolatility } from '../../src/features/price-features.ts'
import { barOf } from './bars.ts'

const mids = fc.array(fc.double({ noNaN: true, min: 1, max: 1e5 }), { minLength: 1, maxLength: 30 })
const inputOf = (mid: number) => ({ bar: barOf(1), mid, imputed: false })
const unitOf = (bars: number) => realisedVolatility(bars).create({ tickSize: 1, barMs: 1_000 })

/** By its definition, newest return first. */
function volatilityOf(path: readonly number[], bars: number): number {
  if (path.length <= bars) return Number.NaN
  let squares = 0
  for (let at = path.length - 1; at > path.length - 1 - bars; at -= 1) {
    squares += (1e4 * Math.log(path[at]! / path[at - 1]!)) ** 2
  }
  return Math.sqrt(squares / bars)
}

test('realised volatility: the definition, bit for bit, restored at any bar or not', () => {
  fc.assert(
    fc.property(mids, fc.integer({ min: 1, max: 8 }), fc.nat(30), (path, bars, cut) => {
      let unit = unitOf(bars)
      for (const [at, mid] of path.entries()) {
        if (at === cut) {
          const saved = unit.save()
          unit = unitOf(bars)
          unit.restore(saved)
        }
        expect(unit.step(inputOf(mid))).toBe(volatilityOf(path.slice(0, at + 1), bars))
      }
    }),
  )
})

test('after a reset the next return starts from its mid, or from the next bar', () => {
  const unit = unitOf(1)
  for (const mid of [100, 110, 120]) unit.step(inputOf(mid))
  unit.reset(200)
  expect(unit.step(inputOf(202))).toBe(volatilityOf([200, 202], 1))
  unit.reset(Number.NaN)
  expect(unit.step(inputOf(202))).toBeNaN()
})
