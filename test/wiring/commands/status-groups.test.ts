import { expect, test } from 'vitest'
import type { OversightStatus } from '../../../src/inference/oversight/oversight-status.ts'
import { statusText } from '../../../src/wiring/commands/status-text.ts'

const watched = (modelId: string, driftedFeatures: number): OversightStatus => ({
  ...{ modelId, bars: 10, judgedBars: 3, holding: [], intervals: [] },
  ...{ modelLossBps: null, baselineLossBps: null, lossRatio: null, brier: null },
  pageHinkley: { sum: 0, threshold: 50 },
  inputs: { worst: [], driftedFeatures, outlierShare: null, dissimilarityRatio: null },
})

const summary = {
  ...{ mode: 'paper', venue: 'binanceusdm/paper', instruments: [], bars: 0, ordersByState: {}, alertsPending: 0 },
  ...{ positions: [], balances: [], latches: [], openOrders: [], alerts: [] },
  counts: { decisions: 0, ordersDecided: 0, intents: 0, fills: 0 },
}

test('groups of models stand one under another, with what oversight says of each', () => {
  const model = {
    groups: {
      majors: { modelId: 'majors/1', provider: 'cpu' },
      others: { modelId: 'others/7', provider: 'cuda' },
    },
  }
  const oversight = { groups: { majors: watched('majors/1', 2), others: watched('others/7', 0) } }
  const lines = statusText({ summary: { ...summary, model, oversight }, running: false, last: undefined })
  expect(lines.slice(1, 8)).toEqual([
    'model         group majors: majors/1 (cpu)',
    '              group others: others/7 (cuda)',
    'oversight     group majors: loss: too few of 3 outcomes to judge',
    '              group majors: inputs: 2 drifted',
    '              group majors: nothing is amiss',
    '              group others: loss: too few of 3 outcomes to judge',
    '              group others: inputs: 0 drifted',
  ])
})
