import { describe, expect, test } from 'vitest'
import type { BarReport } from '../../../src/adapters/console/bar-line.ts'
import { consoleView, wantsColour } from '../../../src/adapters/console/console-view.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { Forecast } from '../../../src/inference/forecast.ts'

const forecast: Forecast = {
  modelId: 'demo',
  provider: 'cpu',
  horizonBars: 5,
  levels: [0.05, 0.5, 0.95],
  quantilesBps: [-2.14, 0.83, 3.91],
  meanBps: 0.9,
  classes: [0.2, 0.3, 0.5],
  volatilityBps: 2,
  latencyMs: 0.1,
}

const report: BarReport = {
  bar: {
    symbol: 'BTC/USDT:USDT',
    endAt: epochMs(1_700_000_001_000),
    close: 27_000.1,
    ofi: [1.25, 0, 0, 0, 0],
    taints: [],
  },
  priceDecimals: 1,
  forecast,
  target: { kind: 'target', lots: 12, edgeBps: 1, costBps: 0.5, reason: 'enter' },
  positionLots: -5,
  lotSize: 0.001,
  pnlQuote: -3.456,
  latencyMs: 1.234,
}

function shown(colour: boolean, ...reports: readonly BarReport[]): readonly string[] {
  const lines: string[] = []
  const view = consoleView((line) => lines.push(line), colour)
  for (const each of reports) view.bar(each)
  return lines.slice(1) // Behind the legend.
}

describe('consoleView', () => {
  test('one aligned line per bar', () => {
    expect(shown(false, report)).toEqual([
      '    time symbol          price       OFI forecast bps          decision                   position        PnL      ms',
      '22:13:21 BTC/USDT      27000.1    +1.250 +0.83 [-2.1 +3.9]     enter +0.0120               -0.0050      -3.46    1.23',
    ])
  })

  test.each<[string, Partial<BarReport>, string]>([
    [
      'abstention',
      { target: { kind: 'abstain', reason: 'edge-below-cost', edgeBps: 0, costBps: 1 } },
      '– edge-below-cost',
    ],
    [
      'taint',
      {
        target: { kind: 'abstain', reason: 'tainted', edgeBps: 0, costBps: 1 },
        bar: { ...report.bar, taints: ['gap'] },
      },
      '– gap',
    ],
    ['refusal', { refusal: 'daily-loss' }, '✗ daily-loss'],
    ['exit', { target: { kind: 'target', lots: 0, edgeBps: 1, costBps: 1, reason: 'exit' } }, 'exit flat'],
    ['no forecast', { forecast: { modelId: 'demo', failure: 'nan' } }, ' none '],
    ['model not asked', { forecast: undefined }, ' – '],
    ['void book', { bar: { ...report.bar, close: Number.NaN, ofi: [Number.NaN] } }, '          –         –'],
  ])('%s', (_what, changed, expected) => {
    const [header, line] = shown(false, { ...report, ...changed })
    expect(line).toContain(expected)
    expect(line!.length).toBe(header!.length)
  })

  test('the header comes again after 20 lines', () => {
    const lines = shown(false, ...Array.from({ length: 41 }, () => report))
    expect(lines.flatMap((line, index) => (line.includes('symbol') ? [index] : []))).toEqual([0, 21, 42])
  })

  test('colours change nothing but colours', () => {
    const coloured = shown(true, report, { ...report, pnlQuote: 1 })
    const mark = String.fromCharCode(27)
    expect(coloured[1]).toContain(`${mark}[31m`)
    expect(coloured[2]).toContain(`${mark}[32m`)
    const bare = coloured.map((line) =>
      line
        .split(mark)
        .map((part, i) => (i === 0 ? part : part.replace(/^\[\d+m/, '')))
        .join(''),
    )
    expect(bare).toEqual(shown(false, report, { ...report, pnlQuote: 1 }))
  })

  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %s with %o: colour %s', (isTTY, env, expected) => {
    expect(wantsColour(isTTY, env)).toBe(expected)
  })
})

test('the units stand once, on top', () => {
  const lines: string[] = []
  const view = consoleView((line) => lines.push(line), false)
  for (let bar = 0; bar < 41; bar += 1) view.bar(report)
  expect(lines.flatMap((line, index) => (line.includes('UTC') ? [index] : []))).toEqual([0])
})
