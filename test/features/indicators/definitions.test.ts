import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bollingerBands } from '../../../src/features/indicators/bollinger-bands.ts'
import { ewma } from '../../../src/features/indicators/ewma.ts'
import { har } from '../../../src/features/indicators/har.ts'
import type { Candle, Indicator } from '../../../src/features/indicators/indicator.ts'
import { leadLag } from '../../../src/features/indicators/lead-lag.ts'
import { macd } from '../../../src/features/indicators/macd.ts'
import { mfi } from '../../../src/features/indicators/mfi.ts'
import { obvRatio } from '../../../src/features/indicators/obv.ts'
import { rangePosition } from '../../../src/features/indicators/range-position.ts'
import { garmanKlass, parkinson, rogersSatchell } from '../../../src/features/indicators/range-volatility.ts'
import { relativeStrength } from '../../../src/features/indicators/relative-strength.ts'
import { rollingQuantile } from '../../../src/features/indicators/rolling-quantile.ts'
import { rsi } from '../../../src/features/indicators/rsi.ts'
import { sma } from '../../../src/features/indicators/sma.ts'
import { stochastic } from '../../../src/features/indicators/stochastic.ts'
import { williamsR } from '../../../src/features/indicators/williams-r.ts'
import { yangZhang } from '../../../src/features/indicators/yang-zhang.ts'
import { walk } from './candles.ts'
import { talib } from './talib.ts'

const bars = walk(400, 21)
const { log, sqrt } = Math
const total = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0)
const sampleVariance = (values: readonly number[]): number =>
  total(values.map((x) => (x - total(values) / values.length) ** 2)) / (values.length - 1)

/** Every value of the unit against `direct` over the window that ends there. */
function holds<Input>(
  unit: Indicator<Input>,
  inputs: readonly Input[],
  direct: (window: readonly Input[]) => number,
  digits = 12,
): void {
  for (const [at, input] of inputs.entries()) {
    const value = unit.step(input)
    if (at + 1 < unit.warmUp) expect(value).toBeNaN()
    else {
      const expected = direct(inputs.slice(at + 1 - unit.warmUp, at + 1))
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(10 ** -digits * Math.max(Math.abs(expected), 1e-3))
    }
  }
}

describe('volatility from ranges equals the printed formula', () => {
  const n = 14
  test('Parkinson 1980', () =>
    holds(parkinson(n), bars, (window) =>
      sqrt(total(window.map(({ high, low }) => log(high / low) ** 2)) / (4 * n * log(2))),
    ))

  test('Garman, Klass 1980', () =>
    holds(garmanKlass(n), bars, (window) =>
      sqrt(
        total(
          window.map(({ open, high, low, close }) => {
            const [u, d, c] = [log(high) - log(open), log(low) - log(open), log(close) - log(open)]
            return 0.5 * (u - d) ** 2 - (2 * log(2) - 1) * c ** 2
          }),
        ) / n,
      ),
    ))

  const rogersSatchellOf = ({ open, high, low, close }: Candle): number => {
    const [u, d, c] = [log(high) - log(open), log(low) - log(open), log(close) - log(open)]
    return u * (u - c) + d * (d - c)
  }
  test('Rogers, Satchell 1991', () =>
    holds(rogersSatchell(n), bars, (window) => sqrt(total(window.map(rogersSatchellOf)) / n), 9))

  test('Yang, Zhang 2000', () => {
    const jumpy = bars.map((bar, at) => ({
      ...bar,
      open: Math.min(bar.high, Math.max(bar.low, bar.open * (1 + 1e-4 * (at % 3)))),
    }))
    holds(
      yangZhang(n),
      jumpy,
      (window) => {
        const k = 0.34 / (1.34 + (n + 1) / (n - 1))
        const inside = window.slice(1)
        const jumps = inside.map(({ open }, at) => log(open / window[at]!.close))
        const bodies = inside.map(({ open, close }) => log(close / open))
        return sqrt(
          sampleVariance(jumps) + k * sampleVariance(bodies) + ((1 - k) * total(inside.map(rogersSatchellOf))) / n,
        )
      },
      9,
    )
  })

  test('of a fine random walk, all four come near its true volatility', () => {
    const random = seededRandom(23)
    let level = 0
    const fine = Array.from({ length: 600 }, (): Candle => {
      const open = level
      let [high, low] = [open, open]
      for (let step = 0; step < 500; step += 1) {
        level += (random() - 0.5) * 1e-4
        high = Math.max(high, level)
        low = Math.min(low, level)
      }
      const [o, h, l, c] = [open, high, low, level].map(Math.exp)
      return { open: o!, high: h!, low: l!, close: c!, volume: 0 }
    })
    const truth = 1e-4 * sqrt(500 / 12)
    for (const unit of [garmanKlass(500), parkinson(500), rogersSatchell(500), yangZhang(500)]) {
      let value = Number.NaN
      for (const bar of fine) value = unit.step(bar)
      // A range of 500 steps misses some 4 % of that of a path without steps.
      expect(value / truth).toBeGreaterThan(0.9)
      expect(value / truth).toBeLessThan(1.03)
    }
  })
})

describe('helpers', () => {
  test('quantile: the sorted window, linear between, for any share, duplicates and both zeros', () => {
    const values = fc.array(fc.oneof(fc.constantFrom(-0, 0, 1, 2), fc.double({ min: -10, max: 10, noNaN: true })), {
      minLength: 7,
      maxLength: 60,
    })
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (inputs, share) => {
        holds(rollingQuantile(7, share), inputs, (window) => {
          const sorted = window.toSorted((a, b) => a - b)
          const [below, above] = [Math.floor(share * 6), Math.ceil(share * 6)]
          return sorted[below]! + (share * 6 - below) * (sorted[above]! - sorted[below]!)
        })
      }),
    )
  })

  test('quantile: a window of both zeros gives the same bits wherever the state was saved', () => {
    const zeros = fc.array(fc.constantFrom(-0, 0), { minLength: 12, maxLength: 20 })
    fc.assert(
      fc.property(zeros, fc.integer({ min: 0, max: 11 }), (inputs, split) => {
        const [whole, first, second] = [0, 0, 0].map(() => rollingQuantile(5, 0))
        const straight = inputs.map((input) => whole!.step(input))
        for (const input of inputs.slice(0, split)) first!.step(input)
        second!.restore(first!.save())
        for (const [at, input] of inputs.slice(split).entries()) expect(second!.step(input)).toBe(straight[split + at])
      }),
    )
  })

  test('range position', () => {
    const closes = bars.map(({ close }) => close)
    holds(rangePosition(9), closes, (window) => {
      const bottom = Math.min(...window)
      return (window.at(-1)! - bottom) / (Math.max(...window) - bottom)
    })
  })

  test('ewma: weights by age, from the first input on; half of it is older than the half-life', () => {
    const unit = ewma(3)
    const inputs = [5, -2, 7, 7, 0.5, 9]
    for (const [at, input] of inputs.entries()) {
      const weights = inputs.slice(0, at + 1).map((_, index) => 0.5 ** ((at - index) / 3))
      const expected = total(weights.map((weight, index) => weight * inputs[index]!)) / total(weights)
      expect(unit.step(input)).toBeCloseTo(expected, 12)
    }
  })

  test('obv ratio: signed volume over volume', () => {
    holds(obvRatio(8), bars, (window) => {
      const inside = window.slice(1)
      const signed = inside.map(({ close, volume }, at) => Math.sign(close - window[at]!.close) * volume)
      return total(signed) / total(inside.map(({ volume }) => volume))
    })
  })
})

describe('two series', () => {
  const [own, other] = [walk(300, 31), walk(300, 32, 3_000)]
  const moves = (candles: readonly Candle[]): readonly number[] =>
    candles.slice(1).map(({ close }, at) => log(close / candles[at]!.close))
  const followed = moves(other)
  /** Own follows the other's move of two steps before, with noise. */
  const following = moves(own).map((move, at) => (followed[at - 2] ?? 0) + 0.3 * move)
  const pairs = following.map((move, at) => ({ own: move, other: followed[at]! }))

  test.each([0, 1, 2, -2, 5])('lead-lag at lag %d is the correlation of the shifted windows', (lag) => {
    holds(leadLag(20, lag), pairs, (window) => {
      const shift = Math.abs(lag)
      const x = (lag < 0 ? window.slice(0, 20) : window.slice(shift)).map((pair) => pair.own)
      const y = (lag < 0 ? window.slice(shift) : window.slice(0, 20)).map((pair) => pair.other)
      const [meanX, meanY] = [total(x) / 20, total(y) / 20]
      const co = (a: readonly number[], meanA: number, b: readonly number[], meanB: number): number =>
        total(a.map((value, at) => (value - meanA) * (b[at]! - meanB)))
      return co(x, meanX, y, meanY) / sqrt(co(x, meanX, x, meanX) * co(y, meanY, y, meanY))
    })
  })

  test('the lag at which the other leads stands out', () => {
    const at = (lag: number): number => {
      const unit = leadLag(200, lag)
      return pairs.reduce((_, pair) => unit.step(pair), Number.NaN)
    }
    expect(at(2)).toBeGreaterThan(0.9)
    for (const lag of [-2, -1, 0, 1, 3]) expect(Math.abs(at(lag))).toBeLessThan(0.25)
  })

  test('relative strength: 0 where both move alike, own gain against other loss otherwise', () => {
    const unit = relativeStrength(2)
    const of = (a: number, b: number): number => unit.step({ own: a, other: b })
    expect(of(100, 10)).toBeNaN()
    expect(of(104, 11)).toBeNaN()
    expect(of(110, 11)).toBeCloseTo(0, 12)
    expect(of(208, 5.5)).toBeCloseTo(log(4), 12)
  })
})

const variances = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'oracles', 'spyrm_rv5.csv')
const isAbsent = !existsSync(variances)
if (isAbsent)
  console.log(`skipped: no realised variances at ${variances}; set TICKWRIGHT_DATA to the folder that holds oracles/`)

test.skipIf(isAbsent)(
  'HAR-RV by least squares on our terms gives the coefficients that highfrequency (R) publishes',
  () => {
    const unit = har([1, 5, 22])
    const daily = readFileSync(variances, 'utf8').trim().split('\n').map(Number)
    const terms = daily.map((variance) => unit.step(variance)).slice(21, -1)
    const x = new Matrix(terms.map(({ short, middle, long }) => [1, short, middle, long]))
    const coefficients = solve(x, Matrix.columnVector(daily.slice(22)), true).to1DArray()
    const published = [1.160000921e-5, 0.2953165771, 0.2813334173, 0.1471632893]
    for (const [at, value] of published.entries()) expect(coefficients[at]! / value).toBeCloseTo(1, 8)
  },
)

describe('where we differ from TA-Lib: a window without movement or flow is neutral, not an extreme', () => {
  const still = Array.from({ length: 40 }, (): Candle => ({ open: 7, high: 7, low: 7, close: 7, volume: 2 }))
  const flat = Array.from({ length: 40 }, () => 7)
  const period = { optInTimePeriod: 5 }
  const prices = { open: flat, high: flat, low: flat, close: flat, volume: flat }
  const last = <Input, Output>(unit: Indicator<Input, Output>, inputs: readonly Input[]): Output =>
    inputs.map((input) => unit.step(input)).at(-1)!

  test('rsi: 50, TA-Lib 0', () => {
    expect(last(rsi(5), flat)).toBe(50)
    expect(talib('RSI', 'outReal', { inReal: flat, ...period }).values.at(-1)).toBe(0)
  })
  test('stochastic: 50, TA-Lib 0', () => {
    expect(last(stochastic(5), still)).toEqual({ fastK: 50, fastD: 50, slowK: 50, slowD: 50 })
    const fast = { optInFastK_Period: 5, optInFastD_Period: 3, optInFastD_MAType: 0 }
    expect(talib('STOCHF', 'outFastK', { ...prices, ...fast }).values.at(-1)).toBe(0)
  })
  test('williams %R: −50, TA-Lib 0', () => {
    expect(last(williamsR(5), still)).toBe(-50)
    expect(Math.abs(talib('WILLR', 'outReal', { ...prices, ...period }).values.at(-1)!)).toBe(0)
  })
  test('mfi: 50, TA-Lib 0', () => {
    expect(last(mfi(5), still)).toBe(50)
    expect(talib('MFI', 'outReal', { ...prices, ...period }).values.at(-1)).toBe(0)
  })
  test('mfi of small flow is the same as of large flow; TA-Lib gives 0 below a flow of 1', () => {
    const small = bars.slice(0, 60).map((bar) => ({ ...bar, volume: bar.volume / 1e12 }))
    expect(last(mfi(5), small)).toBeCloseTo(last(mfi(5), bars.slice(0, 60)), 9)
    const columns = { high: small.map((b) => b.high), low: small.map((b) => b.low), close: small.map((b) => b.close) }
    const request = { ...columns, volume: small.map((b) => b.volume), ...period }
    expect(talib('MFI', 'outReal', request).values.at(-1)).toBe(0)
  })
})

test.each<[string, () => unknown, RegExp]>([
  ['period 0', () => sma(0), /sma\.period was 0; it must be a whole number from 1 to 50000/],
  ['period 50,001', () => sma(50_001), /sma\.period was 50001/],
  ['period 1.5', () => rsi(1.5), /rsi\.period was 1\.5/],
  ['fast not below slow', () => macd(26, 26, 9), /macd\.fast was 26; it must be below macd\.slow \(26\)/],
  ['no deviations', () => bollingerBands(20, 0), /bollingerBands\.deviations was 0/],
  ['half-life 0', () => ewma(0), /ewma\.halfLife was 0/],
  ['half-life NaN', () => ewma(Number.NaN), /ewma\.halfLife was NaN/],
  ['share above 1', () => rollingQuantile(5, 1.01), /rollingQuantile\.share was 1\.01; it must be from 0 to 1/],
  ['spans that do not ascend', () => har([1, 22, 5]), /har\.spans was 1, 22, 5/],
  ['half a lag', () => leadLag(5, 0.5), /leadLag\.lag was 0\.5/],
])('%s is refused', (_name, make, message) => {
  expect(make).toThrow(InputError)
  expect(make).toThrow(message)
})

test('the longest period is allowed', () => {
  expect(sma(50_000).warmUp).toBe(50_000)
})
