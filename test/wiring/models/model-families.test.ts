import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import { familyOf, modelFamilies, ofFamily } from '../../../src/wiring/models/model-families.ts'

const symbols = ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'ETH/USD:ETH']
const of = (groups?: 'each' | Record<string, string[]>) => ({ symbols, model: { path: 'models/live', groups } })

describe('modelFamilies', () => {
  test('pooled: one family in the folder itself', () => {
    expect(modelFamilies(of())).toEqual([{ group: undefined, symbols, path: 'models/live' }])
  })

  test('each: a folder for each symbol, none of them the same', () => {
    expect(modelFamilies(of('each'))).toEqual([
      { group: 'BTC-USDT-USDT', symbols: ['BTC/USDT:USDT'], path: 'models/live/BTC-USDT-USDT' },
      { group: 'ETH-USDT-USDT', symbols: ['ETH/USDT:USDT'], path: 'models/live/ETH-USDT-USDT' },
      { group: 'ETH-USD-ETH', symbols: ['ETH/USD:ETH'], path: 'models/live/ETH-USD-ETH' },
    ])
  })

  test('groups: a folder for each, in the order of the file', () => {
    const groups = { ether: ['ETH/USDT:USDT', 'ETH/USD:ETH'], btc: ['BTC/USDT:USDT'] }
    expect(modelFamilies(of(groups))).toEqual([
      { group: 'ether', symbols: groups.ether, path: 'models/live/ether' },
      { group: 'btc', symbols: groups.btc, path: 'models/live/btc' },
    ])
  })
})

describe('familyOf', () => {
  test('finds the one that is named; pooled the one that there is', () => {
    expect(familyOf(of('each'), 'ETH-USD-ETH').symbols).toEqual(['ETH/USD:ETH'])
    expect(familyOf(of(), undefined).symbols).toEqual(symbols)
  })

  test.each([
    ['each', undefined, '--group is missing; model.groups has BTC-USDT-USDT, ETH-USDT-USDT, ETH-USD-ETH'],
    ['each', 'majors', '--group was majors; model.groups has BTC-USDT-USDT'],
    [undefined, 'majors', '--group was majors; the configuration has no model.groups: leave it out'],
  ] as const)('groups %s, --group %s', (groups, group, message) => {
    expect(() => familyOf(of(groups), group)).toThrow(message)
  })
})

test('the configuration of a family is one of its symbols and its folder, pooled', () => {
  const config = { ...loadConfig('config/paper.yaml'), symbols: [...symbols] }
  const grouped = { ...config, model: { ...config.model, path: 'models/live', groups: 'each' as const } }
  const own = ofFamily(grouped, familyOf(grouped, 'ETH-USD-ETH'))
  expect(own).toEqual({
    ...config,
    symbols: ['ETH/USD:ETH'],
    model: { ...config.model, path: 'models/live/ETH-USD-ETH', groups: undefined },
  })
  expect(modelFamilies(own)).toEqual([{ group: undefined, symbols: ['ETH/USD:ETH'], path: 'models/live/ETH-USD-ETH' }])
})
