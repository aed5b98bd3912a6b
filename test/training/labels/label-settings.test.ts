import { expect, test } from 'vitest'
import { labelSettingsSchema } from '../../../src/training/labels/label-settings.ts'

test('what is left out', () => {
  expect(labelSettingsSchema.parse({ kind: 'return' })).toEqual({ kind: 'return', costBps: 0 })
  expect(labelSettingsSchema.parse({ kind: 'triple-barrier' })).toEqual({
    ...{ kind: 'triple-barrier', costBps: 0, upper: 1, lower: 1, volatilityHalfLifeBars: 60 },
  })
  expect(labelSettingsSchema.parse({ kind: 'meta', sideFeature: 'x', barriers: {} })).toEqual({
    ...{ kind: 'meta', costBps: 0, sideFeature: 'x' },
    barriers: { profit: 1, stop: 1, volatilityHalfLifeBars: 60 },
  })
})

test.each([
  [{ kind: 'other' }, ['kind']],
  [{ kind: 'return', upper: 1 }, []],
  [{ kind: 'return', costBps: -1 }, ['costBps']],
  [{ kind: 'triple-barrier', upper: 0 }, ['upper']],
  [{ kind: 'triple-barrier', volatilityHalfLifeBars: 0.5 }, ['volatilityHalfLifeBars']],
  [{ kind: 'meta', barriers: { stop: 101 } }, ['barriers', 'stop']],
])('%j is refused at %j', (given, path) => {
  const { success, error } = labelSettingsSchema.safeParse(given)
  expect(success).toBe(false)
  expect(error?.issues[0]?.path).toEqual(path)
})
