import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import { closedTogether } from '../../src/features/closed-together.ts'
import { barOf } from './bars.ts'

const bar = (symbol: string, nth: number) => barOf(nth, { symbol })
const said = (moments: ReturnType<ReturnType<typeof closedTogether>['add']>) =>
  moments.map(({ bars, isComplete }) => [
    bars.map(({ symbol, endAt }) => `${symbol}${endAt / 1_000}`).join(' '),
    isComplete,
  ])

describe('closedTogether', () => {
  test('a moment is over when the last instrument closes, in the order of the symbols', () => {
    const together = closedTogether(['A', 'B'])
    expect(together.add(bar('B', 1))).toEqual([])
    expect(said(together.add(bar('A', 1)))).toEqual([['A1 B1', true]])
  })

  test('an incomplete older moment comes before the newer one that is complete, for the features only', () => {
    const together = closedTogether(['A', 'B'])
    together.add(bar('A', 1))
    together.add(bar('A', 2))
    expect(said(together.add(bar('B', 2)))).toEqual([
      ['A1', false],
      ['A2 B2', true],
    ])
  })

  test('a bar whose moment is over comes alone', () => {
    const together = closedTogether(['A', 'B'])
    together.add(bar('A', 2))
    together.add(bar('B', 2))
    expect(said(together.add(bar('B', 1)))).toEqual([['B1', false]])
  })

  test('many bars of one instrument before the others hear of them wait, up to a bound', () => {
    const together = closedTogether(['A', 'B'])
    for (let nth = 1; nth <= 2_048; nth += 1) expect(together.add(bar('A', nth))).toEqual([])
    expect(said(together.add(bar('A', 2_049)))).toEqual([['A1', false]])
    expect(said(together.add(bar('B', 2)))).toEqual([['A2 B2', true]])
  })

  test('a bar of an instrument that is not among them is a bug', () => {
    expect(() => closedTogether(['A']).add(bar('C', 1))).toThrow(InvariantError)
  })
})
