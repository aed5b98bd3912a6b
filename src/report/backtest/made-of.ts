import { settingRows } from '../model/setting-rows.ts'
import { escaped } from '../model/svg.ts'
import type { RunAbout, RunData } from './about.ts'
import { countText, numberText } from './number-text.ts'
import { plainTable } from './plain-table.ts'
import { utcDay, utcMinute } from './utc-text.ts'

/** What the run was made of: what it takes to repeat it. */
export function madeOf(about: RunAbout): string {
  const { code, runHash, startedAt, endedAt, config, models, data } = about
  const commit = code.commit === null ? '' : `, commit ${code.commit}`
  const facts = [
    ['run hash', runHash],
    ['code', `version ${code.version}${commit}`],
    ['run', `${utcMinute(startedAt)} UTC, ${numberText((endedAt - startedAt) / 1_000, 1)} s`],
    ['work', workText(about)],
  ]
  return [
    plainTable([], facts, 'facts'),
    `<h3>Data</h3>${dataTable(data)}`,
    `<h3>Models</h3>${modelTable(models)}`,
    `<details><summary>Configuration</summary>${plainTable([], settingRows(config), 'facts')}</details>`,
  ].join('')
}

const workText = ({ bars, decisions, orders, fills, retrainings, barsPerSecond }: RunAbout): string =>
  [
    countText(bars, 'bar'),
    countText(decisions, 'decision'),
    countText(orders, 'order'),
    countText(fills, 'fill'),
    countText(retrainings, 'retraining'),
    ...(barsPerSecond > 0 ? [`${numberText(barsPerSecond, 0)} bars/s`] : []),
  ].join(', ')

function dataTable(data: readonly RunData[]): string {
  if (data.length === 0) return '<p>No file is named.</p>'
  const rows = data.map(({ file, sha256, symbol, rows: count, from, to, repairs }) => [
    symbol,
    `${utcDay(from)} to ${utcDay(to)}`,
    numberText(count, 0),
    repairsText(repairs),
    file,
    sha256,
  ])
  return plainTable(['symbol', 'span', 'rows', 'repairs', 'file', 'SHA-256'], rows)
}

function repairsText(repairs: RunData['repairs']): string {
  const made = Object.entries(repairs).filter(([, count]) => count > 0)
  return made.length === 0 ? 'none' : made.map(([rule, count]) => `${numberText(count, 0)} ${rule}`).join(', ')
}

function modelTable(models: RunAbout['models']): string {
  if (models.length === 0) return '<p>No model decided.</p>'
  const day = (at: number | null): string => (at === null ? 'unknown' : utcDay(at))
  const rows = models.map(({ modelId, trainedFrom, trainedTo, usedFrom }) => [
    modelId,
    trainedFrom === null && trainedTo === null ? 'unknown' : `${day(trainedFrom)} to ${day(trainedTo)}`,
    day(usedFrom),
  ])
  return plainTable(['model', 'trained on', 'used from'], rows)
}

/** What every reader must know, by what orders were filled against. */
const LIMITS: Readonly<Record<RunAbout['source'], string>> = {
  bars: 'Only candles are known, so spread, slippage and the order of prices inside a candle are models, set on the pessimistic side; queue and depth are not seen, and our orders move nobody else.',
  tape: 'Orders fill against the recorded book, with an estimated place in the queue and modelled latency; what other traders would have done because of our orders is not simulated.',
}

export const limitsText = (source: RunAbout['source']): string =>
  `${LIMITS[source]} A profit here is no promise: the model, its settings and the span were chosen by somebody who could see the past; formulas and what each leaves out: docs/simulation.md.`

export const limitsPart = (source: RunAbout['source']): string => `<p>${escaped(limitsText(source))}</p>`
