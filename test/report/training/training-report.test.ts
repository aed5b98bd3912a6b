import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainingReport } from '../../../src/report/training/training-report.ts'
import type { TrainingReportData } from '../../../src/report/training/training-report-data.ts'
import { browserName, openPage } from '../../support/browser.ts'
import { sampleEquity, sampleScores, sampleTraining, sampleTrials } from './sample-training.ts'

const html = trainingReport(sampleTraining)
const titlesOf = (page: string): readonly string[] =>
  [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title!)
const BAD = /NaN|undefined|Infinity|\[object/

/** Only what must be there. */
const bare: TrainingReportData = {
  ...{ kind: 'search', title: 'study', madeAt: '2026-11-21T10:00:00.000Z', because: 'Asked for.', settings: [] },
  ...{ scores: [], currency: 'USDT', equity: [], notes: [] },
}

describe('trainingReport', () => {
  test('the verdict stands first, then every section', () => {
    expect(titlesOf(html)).toEqual([
      'Loss by epoch',
      'Equity',
      'Scores',
      'Forecasts against outcomes',
      'Importance of the features',
      'Trials (120)',
      'Settings',
      'Spans',
      'Notes',
    ])
    expect(html.indexOf('<b>Failed.</b> lstm/2026-11-21T10-00 is refused.')).toBeLessThan(html.indexOf('<h2>'))
    expect(html).not.toMatch(BAD)
  })

  test('sections without data are left out', () => {
    const page = trainingReport({
      ...bare,
      spans: [],
      trials: [],
      importance: [],
      losses: { train: [], validation: [], bestEpoch: 1 },
    })
    expect(titlesOf(page)).toEqual([])
    expect(page).toContain('Asked for.')
    expect(page).not.toMatch(/<svg|<table|class="verdict/)
  })

  test('each check has its word, its value, its rule and its sentence', () => {
    for (const cells of [
      ['<span class="outcome gain">pass</span>', 'crps.champion', '0.012', 'at most 0.05'],
      ['<span class="outcome loss">fail</span>', 'deflatedSharpe', '0.61', 'at least 0.95'],
      ['<span class="outcome none">not enough data</span>', 'trades', '21', 'at least 30'],
    ])
      expect(html).toContain(`<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}<td>`)
    expect(html).toContain('<td>The deflated Sharpe ratio after 12 trials is 0.6100; at least 0.9500 is needed.</td>')
  })

  test.each([
    ['pass', 'verdict gain', 'Passed.'],
    ['fail', 'verdict loss', 'Failed.'],
    ['not enough data', 'verdict none', 'Not enough data.'],
  ] as const)('%s is told in colour and word', (outcome, tone, word) => {
    const page = trainingReport({ ...bare, verdict: { outcome, summary: 'So it is.', checks: [] } })
    expect(page).toContain(`<p class="${tone}"><b>${word}</b> So it is.</p>`)
    expect(page).not.toContain('<table')
  })

  test('settings and notes', () => {
    expect(html).toContain('<tr><td>model.type</td><td>lstm</td></tr>')
    expect(html).toContain('<p>Probability of overfitting: 0.31.</p>')
  })

  test('runs no script and loads nothing', () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(html).not.toMatch(/https?:|\/\/\w|<script|<link|<img|<iframe|\son\w+=|@import|url\(|(src|href)=/)
  })

  test('no text becomes markup', () => {
    const hostile = '"><img src=x onerror=alert(1)>\'</title>'
    const { verdict } = sampleTraining
    const page = trainingReport({
      ...sampleTraining,
      ...{ title: hostile, madeAt: hostile, because: hostile, currency: hostile, notes: [hostile] },
      verdict: {
        ...verdict!,
        summary: hostile,
        checks: verdict!.checks.map((check) => ({ ...check, name: hostile, sentence: hostile })),
      },
      settings: [[hostile, hostile]],
      scores: [sampleScores(hostile, 0, true)],
      equity: Array.from({ length: 8 }, (_, i) => sampleEquity(hostile, 20, i)),
      calibration: { notEnough: hostile },
      importance: [{ feature: hostile, riseBps: 1, deviationBps: 1 }],
      trials: sampleTrials(20).map((trial) => ({
        ...trial,
        params: { [hostile]: `${hostile}${trial.number % 3}`, a: 1 },
      })),
    })
    expect(page).not.toContain('<img')
    expect(page).not.toContain('"">')
    expect(page.match(/<\/title>\n<style/g)).toHaveLength(1)
    expect(page.match(/&lt;img/g)!.length).toBeGreaterThan(15)
  })

  test('equal data give equal bytes', () => expect(trainingReport(structuredClone(sampleTraining))).toBe(html))

  test('ten thousand points a curve, ten thousand trials and epochs stay below 1 MB', () => {
    const curves = Array.from({ length: 6 }, (_, i) => sampleEquity(`curve ${i}`, 10_000, i))
    const long = { ...sampleTraining, equity: curves }
    expect(trainingReport(long).length).toBeLessThan(400_000)
    const losses = Array.from({ length: 10_000 }, (_, i) => 1 + 1 / (i + 1))
    const all = {
      ...long,
      trials: sampleTrials(10_000),
      losses: { train: losses, validation: losses, bestEpoch: 9_999 },
    }
    const page = trainingReport(all)
    expect(page.length).toBeLessThan(1_000_000)
    expect(page).not.toMatch(BAD)
  })

  test('numbers that are none of any part are never shown', () => {
    const none = Number.NaN
    const scores = { ...sampleScores('odd', 0, true), crpsBps: none, rSquared: Number.NEGATIVE_INFINITY }
    const page = trainingReport({
      ...sampleTraining,
      losses: { train: [none, 1, none, 2, 3], validation: [none, Number.POSITIVE_INFINITY, 1, none, 2], bestEpoch: 4 },
      scores: [scores],
      equity: [
        { name: 'lost', at: [1e12, 1.1e12], equity: [none, none] },
        { name: 'holes', at: [1e12, 1.1e12, 1.2e12], equity: [100, none, -5] },
      ],
      importance: [{ feature: 'a', riseBps: none, deviationBps: none }],
      trials: [{ number: 1, state: 'complete', value: none, params: { a: none } }],
    })
    expect(page).not.toMatch(BAD)
  })
})

const browser = browserName()

describe.skipIf(browser === undefined)('in a real browser (skipped where there is no chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-training-'))
  const file = join(folder, 'report.html')
  beforeAll(() => writeFileSync(file, html))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    { name: 'phone', width: 390, height: 844, dark: false, background: 'rgb(255, 255, 255)' },
    { name: 'desk, dark', width: 1_280, height: 900, dark: true, background: 'rgb(17, 21, 28)' },
  ])(
    '$name: asks for nothing, complains of nothing, never scrolls sideways, keeps its text in its charts',
    async ({ name: _, background, ...size }) => {
      const opened = await openPage(browser!, file, size)
      try {
        const seen = await opened.evaluate<{ wide: number; background: string; small: number; outside: string[] }>(`({
          wide: document.documentElement.scrollWidth,
          background: getComputedStyle(document.body).backgroundColor,
          small: [...document.querySelectorAll('.chart text')].filter((text) => text.getBoundingClientRect().height < 9).length,
          outside: [...document.querySelectorAll('.chart text, .chart path, .chart rect, .chart circle')].filter((mark) => {
            const [own, chart] = [mark.getBoundingClientRect(), mark.closest('svg').getBoundingClientRect()]
            return own.left < chart.left - 1 || own.right > chart.right + 1 || own.top < chart.top - 1 || own.bottom > chart.bottom + 1
          }).map((mark) => mark.outerHTML.slice(0, 80)),
        })`)
        expect(seen).toEqual({ wide: expect.any(Number), background, small: 0, outside: [] })
        expect(seen.wide).toBeLessThanOrEqual(size.width)
        expect(opened.requests).toEqual([`file://${file}`])
        expect(opened.complaints).toEqual([])
      } finally {
        await opened.close()
      }
    },
    30_000,
  )
})
