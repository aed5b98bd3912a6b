import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportHtml } from '../../../src/adapters/plot/report-html.ts'
import { backtestReport } from '../../../src/report/backtest/backtest-report.ts'
import { backtestMetrics } from '../../../src/report/metrics/backtest-metrics.ts'
import { sampleAbout, sampleRecord } from '../../report/backtest/sample-record.ts'
import { browserName, openPage } from '../../support/browser.ts'

const record = sampleRecord({ bars: 20_000, barMs: 900_000, tradeEach: 150 })
const page = backtestReport(record, backtestMetrics(record, { seed: 1, resamples: 100, trials: 3 }), sampleAbout)

describe('reportHtml', () => {
  const hostile = '</script><img src=x onerror=alert(1)>'
  const curves = [{ label: hostile, colour: 'accent' as const, values: [1, Number.NaN] }]
  const chart = { id: 'a', height: 100, percent: false, at: [1, 2], curves }
  const html = reportHtml({ title: hostile, body: '<p>Body</p>', style: 'p{}', charts: [chart] })

  test('holds the library itself and may load nothing', () => {
    expect(html).toContain('var uPlot=')
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'`)
    expect(html).not.toMatch(/<(?:script|img|iframe)[^>]+(?:src|href)=|<link[^>]+href="(?!data:)/)
    expect(html).not.toMatch(/@import|url\(/)
  })

  test('no text becomes markup; what is not finite is a hole', () => {
    expect(html).not.toContain('<img')
    expect(html.match(/<\/script>/g)).toHaveLength(3)
    expect(html).toContain('"values":[1,null]')
  })
})

const browser = browserName()

describe.skipIf(browser === undefined)('in a real browser (skipped where there is no chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickwright-report-'))
  const file = join(folder, 'report.html')
  beforeAll(() => writeFileSync(file, reportHtml(page)))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    { name: 'phone', width: 360, height: 800, dark: false },
    { name: 'desk', width: 1_280, height: 900, dark: false },
    { name: 'phone, dark', width: 360, height: 800, dark: true },
  ])(
    '$name: draws everything, asks for nothing, complains of nothing, never scrolls sideways',
    async ({ name: _, ...size }) => {
      const opened = await openPage(browser!, file, size)
      try {
        const seen = await opened.evaluate<{ wide: number; drawn: boolean[]; background: string; small: number }>(`({
        wide: document.documentElement.scrollWidth,
        drawn: [...document.querySelectorAll('.curve canvas')].map((canvas) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          return data.some((value) => value > 0)
        }),
        background: getComputedStyle(document.body).backgroundColor,
        small: [...document.querySelectorAll('.chart text')].filter((text) => text.getBoundingClientRect().height < 9).length,
      })`)
        expect(seen.wide).toBeLessThanOrEqual(size.width)
        expect(seen.drawn).toEqual(page.charts.map(() => true))
        expect(seen.background).toBe(size.dark ? 'rgb(17, 21, 28)' : 'rgb(255, 255, 255)')
        expect(seen.small).toBe(0)
        expect(opened.requests).toEqual([`file://${file}`])
        expect(opened.complaints).toEqual([])
      } finally {
        await opened.close()
      }
    },
  )

  test('zooms all charts at once and sorts the trades', async () => {
    const opened = await openPage(browser!, file, { width: 1_280, height: 900 })
    try {
      const spans = `plots.map(({ scales }) => Math.round(scales.x.max - scales.x.min))`
      const whole = await opened.evaluate<number[]>(spans)
      const tap = async (selector: string): Promise<void> => {
        const [x, y] = await opened.evaluate<[number, number]>(`(() => {
          const element = document.querySelector('${selector}')
          element.scrollIntoView({ block: 'center' })
          const { x, y, width, height } = element.getBoundingClientRect()
          return [x + width / 2, y + height / 2]
        })()`)
        await opened.click(x, y)
      }
      await tap('[data-zoom=in]')
      const zoomed = await opened.evaluate<number[]>(spans)
      expect(new Set(zoomed).size).toBe(1)
      expect(zoomed[0]! / whole[0]!).toBeCloseTo(0.5, 3)
      await tap('[data-zoom=all]')
      expect(new Set(await opened.evaluate<number[]>(spans))).toEqual(new Set([Math.max(...whole)]))

      const nets = `[...document.querySelectorAll('#trades tbody tr')].map((row) => Number(row.cells[1].textContent.replace('−', '-').replaceAll(',', '')))`
      await tap('#trades th:nth-child(2) button')
      const falling = await opened.evaluate<number[]>(nets)
      expect(falling).toEqual([...falling].sort((a, b) => b - a))
      await tap('#trades th:nth-child(2) button')
      expect(await opened.evaluate<number[]>(nets)).toEqual([...falling].sort((a, b) => a - b))
      expect(opened.complaints).toEqual([])
    } finally {
      await opened.close()
    }
  })
})
