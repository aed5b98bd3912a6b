import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadAnyConfig, loadConfig, loadFitConfig } from '../../../src/wiring/config/load-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'features-'))
afterAll(() => rmSync(folder, { recursive: true }))

function changed(name: string, from: string, to: string): string {
  const text = readFileSync(`config/${name}.yaml`, 'utf8')
  if (!text.includes(from)) throw new Error(`nothing replaced: ${from}`)
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, text.replace(from, to))
  return file
}

test('the example with every kind of feature is fine', () => {
  expect(loadFitConfig('config/fit-features.yaml').features.indicators?.length).toBeGreaterThan(15)
})

test('a daemon takes the same section', () => {
  const file = changed('paper', '  volumePeriod: 5', '  volumePeriod: 5\n  indicators: [{ name: rsi, periods: [14] }]')
  expect(loadConfig(file).features.indicators).toEqual([{ name: 'rsi', periods: [14] }])
})

test.each<[string, string, string, string, RegExp]>([
  [
    'an unknown key',
    'fit-features',
    'fast: 12',
    'quick: 12',
    /line \d+: features\.indicators\[2\]\.quick: unknown key/,
  ],
  ['an unknown family', 'fit-features', 'name: rsi', 'name: rsj', /features\.indicators\[0\]\.name was "rsj": .*"rsi"/],
  [
    'a key of another family',
    'fit-features',
    'fast: 12',
    'levels: 2',
    /indicators\[2\]\.levels was 2: left out: macd knows periods, fast, signal/,
  ],
  [
    'a period beyond the longest',
    'fit-features',
    'periods: [14, 28]',
    'periods: [14, 1001]',
    /indicators\[0\]\.periods was \[14,1001\]: a whole number of bars from 1 to 1000/,
  ],
  [
    'a timeframe',
    'fit-features',
    'timeframes: [1s, 5s]',
    'timeframes: [1s, 7s]',
    /indicators\[0\]\.timeframes was \["1s","7s"\]: a length that divides a day/,
  ],
  [
    'a peer that is not traded',
    'fit-features',
    '      peers: [ETH/USDT:USDT]',
    '      peers: [SOL/USDT:USDT]',
    /line \d+: features\.indicators\[0\]\.peers\[0\] was "SOL\/USDT:USDT": one of symbols: a peer must be traded too/,
  ],
  [
    'a peer of the section',
    'paper',
    '  volumePeriod: 5',
    '  volumePeriod: 5\n  peers: [ETH/USDT:USDT, XRP/USDT:USDT]',
    /features\.peers\[\d\] was "XRP\/USDT:USDT": one of symbols/,
  ],
  ['a rule that is none', 'fit-features', 'rule: carry', 'rule: forget', /features\.missing/],
  [
    'a series',
    'fit-features',
    'series: fear_and_greed',
    'series: Fear',
    /externals\[0\]\.series was "Fear": a small letter/,
  ],
])('%s', (_name, file, from, to, message) => {
  const path = changed(file, from, to)
  expect(() => loadAnyConfig(path)).toThrow(message)
})
