import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from '../../src/features/ring.ts'

const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 30 })

test('sums of what the ring holds, oldest first and newest first, bit for bit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), values, (size, pushed) => {
      const ring = new Ring(size)
      for (const value of pushed) ring.push(value)
      const held = pushed.slice(-size)
      expect(ring.sum()).toBe(held.reduce((total, value) => total + value, 0))
      expect(ring.sumNewestFirst()).toBe(held.reduceRight((total, value) => total + value, 0))
    }),
  )
})
