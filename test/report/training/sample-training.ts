import { seededRandom } from '../../../src/core/random.ts'
import { forecastCalibration } from '../../../src/report/metrics/calibration.ts'
import type {
  ReportEquity,
  ReportScores,
  ReportTrial,
  TrainingReportData,
} from '../../../src/report/training/training-report-data.ts'
import { START, sampleRecord } from '../backtest/sample-record.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export function sampleEquity(name: string, points: number, seed: number, drift = 0): ReportEquity {
  const random = seededRandom(seed)
  let equity = 10_000
  const at = Array.from({ length: points }, (_, i) => START + 500 * DAY + i * HOUR)
  return { name, at, equity: at.map(() => (equity += 30 * (random() - 0.5 + drift))) }
}

export const sampleScores = (name: string, offset: number, traded: boolean): ReportScores => ({
  ...{
    name,
    crpsBps: 12.3456 + offset,
    maeBps: 17.1 + offset,
    mseBps2: 612.5 + offset,
    rSquared: 0.0021 - offset / 100,
  },
  ...{
    directionalAccuracy: 0.512 - offset / 100,
    pinballBps: 6.1 + offset,
    brier: 0.61 + offset / 50,
    classError: 0.03,
  },
  trading: traded
    ? {
        ...{
          totalReturn: 0.034 - offset,
          sharpe: 1.21 - offset,
          sortino: null,
          maxDrawdown: 0.081,
          profitFactor: 1.12,
        },
        ...{ winRate: null, turnover: 1_234_567, trades: 321, fees: 617.5 },
      }
    : null,
})

const STATES = ['complete', 'complete', 'complete', 'pruned', 'complete', 'failed', 'complete', 'infeasible'] as const

export function sampleTrials(count: number, seed = 3): readonly ReportTrial[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, number) => {
    const learningRate = 10 ** (-4.5 + 2.5 * random())
    const dropout = Math.round(50 * random()) / 100
    const cell = ['lstm', 'gru', 'transformer'][Math.floor(3 * random())]!
    const state = STATES[number % STATES.length]!
    const value = 0.8 - 0.3 * (Math.log10(learningRate) + 3) ** 2 - dropout + 0.3 * random()
    const layers = 1 + Math.floor(4 * random())
    const params = {
      'optimizer.learningRate': learningRate,
      'model.dropout': dropout,
      'model.cell': cell,
      'model.layers': layers,
    }
    return { number, state, value: state === 'complete' ? value : null, params }
  })
}

const record = sampleRecord({ bars: 3_000, barMs: HOUR })

/** Holds every section. */
export const sampleTraining: TrainingReportData = {
  kind: 'training',
  title: 'lstm/2026-11-21T10-00',
  madeAt: '2026-11-21T10:00:00.000Z',
  because: 'The champion is 7 days old: retrained on schedule.',
  verdict: {
    outcome: 'fail',
    summary: 'lstm/2026-11-21T10-00 is refused. Its Sharpe ratio may be luck.',
    checks: [
      {
        ...{ name: 'crps.champion', outcome: 'pass', value: 0.012, rule: 'at most', threshold: 0.05 },
        sentence: 'CRPS 12.3456 bps is 1.2 % below that of the champion: by chance in a share of 0.0120.',
      },
      {
        ...{ name: 'deflatedSharpe', outcome: 'fail', value: 0.61, rule: 'at least', threshold: 0.95 },
        sentence: 'The deflated Sharpe ratio after 12 trials is 0.6100; at least 0.9500 is needed.',
      },
      {
        ...{ name: 'trades', outcome: 'not enough data', value: 21, rule: 'at least', threshold: 30 },
        sentence: '21 trades; at least 30 are needed.',
      },
    ],
  },
  settings: [
    ['model.type', 'lstm'],
    ['labels', '{"kind":"return","horizonBars":4}'],
    ['batch', '64'],
  ],
  spans: [
    { name: 'train', from: START, to: START + 300 * DAY, rows: 28_800 },
    { name: 'validation', from: START + 304 * DAY, to: START + 364 * DAY, rows: 5_760 },
    { name: 'calibration', from: START + 368 * DAY, to: START + 428 * DAY, rows: 5_760 },
    { name: 'test', from: START + 428 * DAY + 5 * HOUR, to: START + 520 * DAY, rows: 8_812 },
  ],
  losses: {
    train: Array.from({ length: 40 }, (_, i) => 6 + 3 * Math.exp(-i / 8)),
    validation: Array.from({ length: 40 }, (_, i) => 6.4 + 2.4 * Math.exp(-i / 7) + 0.0007 * Math.max(0, i - 18) ** 2),
    bestEpoch: 21,
  },
  scores: [
    sampleScores('lstm/2026-11-21T10-00', 0, true),
    sampleScores('champion lstm/2026-11-14T10-00', 0.1, true),
    sampleScores('climatology', 0.2, false),
    sampleScores('ridge', -0.05, false),
  ],
  currency: 'USDT',
  equity: [
    sampleEquity('lstm/2026-11-21T10-00', 2_000, 1, 0.01),
    sampleEquity('champion lstm/2026-11-14T10-00', 2_000, 2),
    sampleEquity('ridge', 2_000, 4, -0.005),
  ],
  calibration: forecastCalibration(record),
  importance: Array.from({ length: 22 }, (_, i) => ({
    feature: `feature${i}.window${2 ** (i % 6)}`,
    riseBps: 0.4 * Math.exp(-i / 5) - 0.01,
    deviationBps: 0.01 + 0.05 * Math.exp(-i / 4),
  })),
  trials: sampleTrials(120),
  notes: ['The deflated Sharpe ratio counts all 12 trials.', 'Probability of overfitting: 0.31.'],
}
