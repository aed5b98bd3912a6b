import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { Candle } from '../../../src/features/indicators/indicator.ts'
import { type AnyUnit, allUnits } from './all-units.ts'
import { walk } from './candles.ts'

const own = walk(200, 11)
const other = walk(200, 12, 3_000)
/** Seeds some flat stretches and silent bars into the walk. */
const uneven = own.map((candle, at): Candle => {
  if (at % 40 < 25) return candle
  const { close } = own[at - (at % 40)]!
  return { open: close, high: close, low: close, close, volume: 0 }
})

const bits = (numbers: readonly number[]): string => Buffer.from(new Float64Array(numbers).buffer).toString('hex')
const bitsOf = (outputs: readonly Readonly<Record<string, number>>[]): string =>
  bits(outputs.flatMap((output) => Object.values(output)))

const run = (unit: AnyUnit, from: number, to: number, candles = uneven) =>
  candles.slice(from, to).map((candle, at) => unit.step(candle, other[from + at]!))

/** What a store does: the bits as text and back. */
const stored = (state: readonly number[]): readonly number[] => {
  const text = JSON.stringify(Buffer.from(new Float64Array(state).buffer).toString('base64'))
  const bytes = Buffer.from(JSON.parse(text) as string, 'base64')
  return Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readDoubleLE(8 * at))
}

const isBlank = (output: Readonly<Record<string, number>>): boolean => Object.values(output).every(Number.isNaN)

describe.each(allUnits)('$name', ({ make, makeOther, flat }) => {
  test('the first value comes with input number warmUp, all fields finite from there', () => {
    const unit = make()
    const outputs = run(unit, 0, 200)
    expect(outputs.findIndex((output) => !isBlank(output)) + 1).toBe(unit.warmUp)
    for (const output of outputs.slice(unit.warmUp - 1)) expect(Object.values(output).every(Number.isFinite)).toBe(true)
  })

  test('saved anywhere and restored into a fresh unit, it goes on bit for bit', () => {
    const whole = run(make(), 0, 200)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199 }), (split) => {
        const first = make()
        run(first, 0, split)
        const state = stored(first.save())
        const second = make()
        run(second, 30, 57) // What was in it before does not matter.
        second.restore(state)
        expect(bits(second.save())).toBe(bits(first.save()))
        expect(bitsOf(run(second, split, 200))).toBe(bitsOf(whole.slice(split)))
      }),
      { numRuns: 40 },
    )
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e61, 1e308])('%d in the input starts it afresh', (bad) => {
    const unit = make()
    run(unit, 0, 60)
    const candle = { open: bad, high: bad, low: bad, close: bad, volume: bad }
    expect(isBlank(unit.step(candle, other[60]!))).toBe(true)
    expect(bitsOf(run(unit, 60, 200))).toBe(bitsOf(run(make(), 60, 200)))
  })

  test('a state of another length, other parameters or an impossible count is refused', () => {
    const unit = make()
    run(unit, 0, 60)
    const state = unit.save()
    expect(() => make().restore([...state, 0])).toThrow(InputError)
    expect(() => make().restore(state.slice(1))).toThrow(InputError)
    const strange = makeOther()
    if (strange.warmUp !== unit.warmUp || bits(strange.save()) !== bits(make().save())) {
      expect(() => strange.restore(state)).toThrow(InputError)
    }
  })

  test('a series that never moves has a stated value', () => {
    const unit = make()
    const still: Candle = { open: 0.1, high: 0.1, low: 0.1, close: 0.1, volume: 3 }
    const outputs = Array.from({ length: 50 }, () => unit.step(still, still))
    for (const output of outputs.slice(unit.warmUp - 1)) {
      for (const [at, value] of Object.values(output).entries()) expect(value).toBeCloseTo(flat[at]!, 12)
    }
    expect(Object.values(outputs.at(-1)!)).toHaveLength(flat.length)
  })
})

test('zero volume and zero range together stay finite in every unit', () => {
  for (const { make } of allUnits) {
    const unit = make()
    const still: Candle = { open: 7, high: 7, low: 7, close: 7, volume: 0 }
    const outputs = Array.from({ length: 40 }, () => unit.step(still, still))
    for (const output of outputs.slice(unit.warmUp - 1)) expect(Object.values(output).every(Number.isFinite)).toBe(true)
  }
})

test('a count that no unit can have saved is refused and leaves the unit afresh', () => {
  const { make } = allUnits.find(({ name }) => name === 'sma')!
  for (const count of [-1, 6, 1.5, Number.NaN]) {
    const unit = make()
    run(unit, 0, 20)
    const state = [...unit.save()]
    state[1] = count
    expect(() => unit.restore(state)).toThrow(/count of a window was .*; it must be a whole number from 0 to 5/)
    expect(bitsOf(run(unit, 0, 20))).toBe(bitsOf(run(make(), 0, 20)))
  }
})
