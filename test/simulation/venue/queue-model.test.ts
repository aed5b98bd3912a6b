import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QueueModel } from '../../../src/simulation/venue/queue-model.ts'
import type { QueueSettings } from '../../../src/simulation/venue/simulation-settings.ts'

/**
 * The published formula, written out once more: hftbacktest, `backtest/models/queue.rs`, `ProbQueueModel::depth` with the probability
 * functions that its documentation lists (https://hftbacktest.readthedocs.io/en/latest/order_fill.html, "Probability Queue Model").
 */
const PROBABILITIES: Readonly<Record<string, (front: number, back: number) => number>> = {
  'power 2': (front, back) => back ** 2 / (back ** 2 + front ** 2),
  'power 3': (front, back) => back ** 3 / (back ** 3 + front ** 3),
  log: (front, back) => Math.log(1 + back) / (Math.log(1 + back) + Math.log(1 + front)),
  log2: (front, back) => Math.log(1 + back) / Math.log(1 + back + front),
  'power2 3': (front, back) => back ** 3 / (back + front) ** 3,
  'power3 3': (front, back) => 1 - (front / (front + back)) ** 3,
}
const SETTINGS: Readonly<Record<string, QueueSettings>> = {
  'power 2': { kind: 'power', exponent: 2 },
  'power 3': { kind: 'power', exponent: 3 },
  log: { kind: 'log' },
  log2: { kind: 'log2' },
  'power2 3': { kind: 'power2', exponent: 3 },
  'power3 3': { kind: 'power3', exponent: 3 },
}
const NAMES = Object.keys(SETTINGS)

/** Front after the display went from `before` to `after`, `traded` of it by trades. */
function published(name: string, front: number, before: number, after: number, traded: number): number {
  const change = before - after - traded
  if (change < 0) return Math.min(front, after)
  const back = before - front
  const p = PROBABILITIES[name]!(front, back)
  return Math.min(front - (1 - p) * change + Math.min(back - p * change, 0), after)
}

describe('queue models', () => {
  test.each<[string, QueueSettings, number]>([
    // 100 ahead, 300 behind, 40 cancelled: f(300) / (f(300) + f(100)) of them were behind.
    ['power 1: 3/4 behind', { kind: 'power', exponent: 1 }, 100 - 10],
    ['power 2: 9/10 behind', { kind: 'power', exponent: 2 }, 100 - 4],
    ['power 3: 27/28 behind', { kind: 'power', exponent: 3 }, 100 - 40 / 28],
    ['log: ln 301 / (ln 301 + ln 101)', { kind: 'log' }, 100 - 40 * 0.44710495],
    ['log2: ln 301 / ln 401', { kind: 'log2' }, 100 - 40 * 0.0478556],
    ['power2 3: (3/4)³ behind', { kind: 'power2', exponent: 3 }, 100 - 40 * (1 - 27 / 64)],
    ['power3 3: 1 − (1/4)³ behind', { kind: 'power3', exponent: 3 }, 100 - 40 / 64],
    ['risk-averse: nobody before us leaves', { kind: 'risk-averse' }, 100],
  ])('%s', (_name, settings, ahead) => {
    const position = { ahead: 100, traded: 0 }
    new QueueModel(settings).onDisplay(position, 400, 360)
    expect(position.ahead).toBeCloseTo(ahead, 4)
  })

  test('a trade is not counted twice: the next smaller display holds it already', () => {
    const model = new QueueModel({ kind: 'power', exponent: 1 })
    const position = { ahead: 100, traded: 0 }
    expect(model.onTrade(position, 40, 40)).toBe(0)
    model.onDisplay(position, 400, 360)
    expect(position).toEqual({ ahead: 60, traded: 0 })
  })

  test.each(NAMES)('%s follows the published formula', (name) => {
    const model = new QueueModel(SETTINGS[name]!)
    const lots = fc.integer({ min: 1, max: 1_000 })
    fc.assert(
      fc.property(lots, lots, lots, fc.integer({ min: 0, max: 200 }), (front, back, after, traded) => {
        const position = { ahead: front, traded }
        model.onDisplay(position, front + back, after)
        expect(position.traded).toBe(0)
        // Theirs may fall below zero, which means the front as well.
        expect(position.ahead).toBeCloseTo(Math.max(0, published(name, front, front + back, after, traded)), 9)
      }),
    )
  })

  test.each(['risk-averse', ...NAMES])(
    '%s: trades reach us once all before us are served, and no lot twice',
    (name) => {
      const model = new QueueModel(SETTINGS[name] ?? { kind: 'risk-averse' })
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 500 }), fc.array(fc.integer({ min: 1, max: 200 })), (ahead, sizes) => {
          const position = { ahead, traded: 0 }
          let got = 0
          for (const size of sizes) got += model.onTrade(position, size, size)
          const total = sizes.reduce((sum, size) => sum + size, 0)
          expect(got).toBe(Math.max(0, total - ahead))
        }),
      )
    },
  )

  test('the queue never exceeds what is displayed, nor falls below zero', () => {
    const lots = fc.integer({ min: 0, max: 500 })
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), lots, fc.array(lots, { minLength: 1 }), (name, front, displays) => {
        const model = new QueueModel(SETTINGS[name]!)
        const position = { ahead: front, traded: 0 }
        let before = front
        for (const after of displays) {
          model.onDisplay(position, before, after)
          expect(position.ahead).toBeGreaterThanOrEqual(0)
          expect(position.ahead).toBeLessThanOrEqual(after)
          before = after
        }
      }),
    )
  })
})
