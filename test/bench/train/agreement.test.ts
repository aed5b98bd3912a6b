import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'
import type { Contender } from './contender.ts'
import { flopsPerSample } from './flops.ts'

const contender = (name: string, losses: readonly number[]): Contender => ({
  name,
  run: async () => 1,
  losses: async () => losses,
  close: async () => undefined,
})

const first = contender('first', [1, 0.5, 0.25])

test('losses that differ by float32 rounding agree', async () => {
  const { contenders, relativeDifferenceMax } = await agreement([first, contender('second', [1, 0.5, 0.250_01])])
  expect(contenders).toEqual(['first', 'second'])
  expect(relativeDifferenceMax).toBeCloseTo(4e-5, 7)
})

test.each([
  ['another loss', [1, 0.5, 0.251]],
  ['a loss too few', [1, 0.5]],
  ['no number', [1, 0.5, Number.NaN]],
])('%s stops the bench', async (_name, losses) => {
  await expect(agreement([first, contender('second', losses)])).rejects.toThrow(/first .* second .* differ/)
})

test('operations by hand: 64 steps, 40 features, 64 units', () => {
  const lstmStep = 2 * 256 * (40 + 64 + 40 + 64 + 64) // Forward, gradients of both weights, gradient of the hidden state.
  expect(flopsPerSample.lstm).toBe(64 * lstmStep + 3 * 2 * 64)
  const encoderLayer = 2 * 64 * (64 * 192 + 64 * 64 + 2 * 64 * 256) + 2 * (2 * 64 * 64 * 64)
  expect(flopsPerSample.transformer).toBe(2 * 2 * 64 * 40 * 64 + 3 * 2 * encoderLayer + 3 * 2 * 64)
})
