import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { defaultFeatureSettings, featureSchema } from '../../src/features/feature-schema.ts'
import type { FeatureSettings } from '../../src/features/feature-settings.ts'

const settings = defaultFeatureSettings(1_000)

describe('featureSchema', () => {
  test('names are unique and in a fixed order', () => {
    const { names, features } = featureSchema(settings)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(features.map(({ name }) => name))
    expect(names.slice(0, 3)).toEqual(['ofi_best', 'ofi_best_2', 'ofi_best_5'])
  })

  test('the hash is 64 hexadecimal digits and the same for the same settings in any key order', () => {
    const reversed = Object.fromEntries(Object.entries(settings).reverse()) as unknown as FeatureSettings
    expect(featureSchema(settings).hash).toMatch(/^[0-9a-f]{64}$/)
    expect(featureSchema(reversed).hash).toBe(featureSchema(settings).hash)
  })

  // A change of this line means that every stored model is refused: raise it knowingly.
  test('the default schema of one-second bars is the one that models were made with', () => {
    expect(featureSchema(settings).hash.slice(0, 12)).toMatchInlineSnapshot(`"94903ef97391"`)
  })

  test.each<[string, Partial<FeatureSettings>]>([
    ['bar length', { barMs: 2_000 }],
    ['flow periods', { flowPeriods: [2, 4] }],
    ['order of periods', { returnPeriods: [2, 1, 5] }],
    ['volume period', { volumePeriod: 4 }],
  ])('another %s is another schema', (_name, changes) => {
    expect(featureSchema({ ...settings, ...changes }).hash).not.toBe(featureSchema(settings).hash)
  })

  test.each<[string, Partial<FeatureSettings>, RegExp]>([
    ['barMs', { barMs: 0 }, /features\.barMs was 0/],
    ['zero bars', { returnPeriods: [0] }, /features\.returnPeriods was 0/],
    ['half a bar', { volatilityPeriods: [1.5] }, /features\.volatilityPeriods was 1\.5/],
    ['too long', { volumePeriod: 1_001 }, /from 1 to 1000/],
    ['a period twice', { flowPeriods: [2, 2] }, /once/],
    ['the built-in period', { flowPeriods: [1] }, /once/],
  ])('refuses %s', (_name, changes, message) => {
    expect(() => featureSchema({ ...settings, ...changes })).toThrow(InputError)
    expect(() => featureSchema({ ...settings, ...changes })).toThrow(message)
  })

  test('accepts the longest look-back', () => {
    expect(featureSchema({ ...settings, volumePeriod: 1_000 }).lookBack).toBe(1_001)
  })
})
