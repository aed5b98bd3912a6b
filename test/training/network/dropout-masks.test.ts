import { expect, test } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { dropoutMasks } from '../../../src/training/network/dropout-masks.ts'

const site = (rate: number) => ({ name: 'dropout_0', shape: [101, 999], rate })
const maskOf = (rate: number, seed: number) => dropoutMasks([site(rate)], seededRandom(seed))['dropout_0']!

test.each([0.1, 0.25, 0.5, 0.9])('rate %d: this share is 0, the mean is 1', (rate) => {
  const { dims, data } = maskOf(rate, 1)
  expect(dims).toEqual([101, 999])
  const dropped = data.filter((value) => value === 0).length / data.length
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  // Four deviations of a binomial share.
  expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / data.length))
  expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(rate / (1 - rate) / data.length))
  expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]))
})

test('the two elements of one draw are independent', () => {
  const { data } = maskOf(0.5, 3)
  let both = 0
  for (let i = 0; i + 1 < data.length; i += 2) if (data[i] === 0 && data[i + 1] === 0) both += 1
  expect(both / (data.length / 2)).toBeCloseTo(0.25, 1.7)
})

test('equal generators give equal masks, each site its own', () => {
  expect(maskOf(0.3, 7)).toEqual(maskOf(0.3, 7))
  expect(maskOf(0.3, 7)).not.toEqual(maskOf(0.3, 8))
  const sites = [site(0.3), { ...site(0.3), name: 'dropout_1' }]
  const masks = dropoutMasks(sites, seededRandom(7))
  expect(masks['dropout_0']).not.toEqual(masks['dropout_1'])
})
