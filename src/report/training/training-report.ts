import { calibrationPart } from '../backtest/calibration-part.ts'
import { PAGE_STYLE } from '../backtest/page-style.ts'
import { plainTable } from '../backtest/plain-table.ts'
import { unbroken } from '../backtest/unbroken.ts'
import { escaped } from '../model/svg.ts'
import { equityPart } from './equity-part.ts'
import { importancePart } from './importance-part.ts'
import { lossPart } from './loss-part.ts'
import { scorePart } from './score-part.ts'
import { spanPart } from './span-part.ts'
import type { TrainingReportData } from './training-report-data.ts'
import { TRAINING_STYLE } from './training-style.ts'
import { trialPart } from './trial-part.ts'
import { verdictPart } from './verdict-part.ts'

/** Nothing may be loaded and no script may run, whatever is in the page. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`

const KINDS = {
  training: 'Training',
  evaluation: 'Evaluation',
  promotion: 'Promotion decision',
  search: 'Search',
} as const

/**
 * One page about a training, an evaluation, a search or a promotion decision, for people: the verdict first. Self-contained: no script,
 * nothing fetched. Equal data give equal bytes. At most some hundred kB, however long the curves.
 */
export function trainingReport(data: TrainingReportData): string {
  const { kind, title, madeAt, because, verdict, losses, equity, currency, scores, calibration } = data
  const { importance = [], trials = [], spans = [], settings, notes } = data
  const body = [
    `<p class="kind">${KINDS[kind]} · ${escaped(madeAt)}</p><h1>${escaped(title)}</h1><p>${escaped(because)}</p>`,
    verdict ? verdictPart(verdict) : '',
    section('Loss by epoch', losses ? lossPart(losses) : ''),
    section('Equity', equityPart(equity, currency)),
    section('Scores', scorePart(scores, currency)),
    section('Forecasts against outcomes', calibration ? calibrationPart(calibration) : ''),
    section('Importance of the features', importancePart(importance)),
    section(`Trials (${trials.length.toLocaleString('en-US')})`, trialPart(trials)),
    section('Settings', settings.length > 0 ? plainTable([], settings, 'facts') : ''),
    section('Spans', spanPart(spans)),
    section('Notes', notes.map((note) => `<p>${escaped(note)}</p>`).join('')),
  ]
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `${POLICY}<title>${escaped(title)}</title>`,
    `<style>${PAGE_STYLE}${TRAINING_STYLE}</style></head><body>`,
    ...body.filter((part) => part !== '').map(unbroken),
    '</body></html>\n',
  ].join('\n')
}

/** Nothing to show: no section. */
const section = (title: string, content: string): string =>
  content === '' ? '' : `<section><h2>${title}</h2>${content}</section>`
