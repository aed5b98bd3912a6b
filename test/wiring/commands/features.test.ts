import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { FEATURE_FAMILIES } from '../../../src/features/feature-families.ts'
import { featuresExplainCommand, featuresListCommand } from '../../../src/wiring/commands/features.ts'
import { loadFitConfig } from '../../../src/wiring/config/load-config.ts'
import { loadFeatureSchema } from '../../../src/wiring/features/load-feature-schema.ts'
import { fakeIo } from './fake-io.ts'

const config = 'config/fit-features.yaml'

describe('features list', () => {
  test('without a configuration: every family and what it needs', async () => {
    const { io, out } = fakeIo()
    expect(await featuresListCommand({ json: false }, io)).toBe(0)
    const text = out.join('\n')
    for (const { name, needs } of FEATURE_FAMILIES) expect(text).toMatch(new RegExp(`^${name} .*${needs}`, 'm'))
    await featuresListCommand({ json: true }, io)
    const { families } = JSON.parse(out.at(-1)!) as { families: { name: string; columns: unknown[] }[] }
    expect(families.map(({ name }) => name)).toEqual(FEATURE_FAMILIES.map(({ name }) => name))
    expect(families.every(({ columns }) => columns.length > 0)).toBe(true)
  })

  test('with one: its columns in their order, and the hash', async () => {
    const { io, out } = fakeIo()
    const { barMs, features } = loadFitConfig(config)
    const { names, hash } = await loadFeatureSchema({ barMs, ...features })
    await featuresListCommand({ config, json: true }, io)
    const told = JSON.parse(out.at(-1)!) as { hash: string; columns: { name: string }[] }
    expect([told.hash, told.columns.map(({ name }) => name)]).toEqual([hash, names])
    await featuresListCommand({ config, json: false }, io)
    expect(out.at(-1)).toContain(`${names.length} columns`)
  })
})

describe('features explain', () => {
  test.each([
    [
      'a family',
      { name: 'macd' },
      /family macd: [\s\S]*example +\{"name":"macd","periods":\[26\]\}[\s\S]*macd_signal_26/,
    ],
    [
      'a standard column',
      { name: 'return_5' },
      /return_5\n.*bps\n.*1e4 \* ln\(mid \/ mid\[bars ago\]\)[\s\S]*5 bars of 1s/,
    ],
    ['a column of a configuration', { name: 'rsi_14@5s:ETH/USDT:USDT', config }, /15 bars of 5s\n +of +ETH\/USDT:USDT/],
    ['what is both', { name: 'spread' }, /spread\n[\s\S]*family spread:/],
  ])('%s', async (_name, options, expected) => {
    const { io, out } = fakeIo()
    expect(await featuresExplainCommand({ ...options, json: false }, io)).toBe(0)
    expect(out.join('\n')).toMatch(expected)
  })

  test('as JSON', async () => {
    const { io, out } = fakeIo()
    await featuresExplainCommand({ name: 'ofi_best', json: true }, io)
    expect(JSON.parse(out.at(-1)!)).toMatchObject({
      column: { name: 'ofi_best', lookBack: 1, timeframe: '1s', peer: null },
      family: { name: 'ofi_best', required: ['periods'] },
    })
  })

  test('a name that is nothing', async () => {
    const explain = featuresExplainCommand({ name: 'rsi_14', json: false }, fakeIo().io)
    await expect(explain).rejects.toThrow(InputError)
    await expect(explain).rejects.toThrow(/feature was rsi_14; .* need --config/)
  })
})

test('a country that the library does not know is refused', async () => {
  const { barMs, features } = loadFitConfig(config)
  const calendar = { holidays: ['ZZ'] }
  await expect(loadFeatureSchema({ barMs, ...features, calendar })).rejects.toThrow(/holiday country was "ZZ"/)
})
