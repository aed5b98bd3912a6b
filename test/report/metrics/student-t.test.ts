import { expect, test } from 'vitest'
import { studentTail } from '../../../src/report/metrics/student-t.ts'
import { VECTORS } from '../../training/gate/gate-vectors.ts'

test.each(VECTORS.student)('P(T > $t) with $freedom degrees of freedom as scipy has it', ({ t, freedom, tail }) => {
  expect(Math.abs(studentTail(t, freedom) / tail - 1)).toBeLessThan(1e-9)
})

test('ends of the line', () => {
  expect(studentTail(Number.POSITIVE_INFINITY, 5)).toBe(0)
  expect(studentTail(Number.NEGATIVE_INFINITY, 5)).toBe(1)
  expect(() => studentTail(1, 0)).toThrow('degrees of freedom')
})
