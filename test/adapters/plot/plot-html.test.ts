import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { plotHtml } from '../../../src/adapters/plot/plot-html.ts'
import { writeReport } from '../../../src/adapters/plot/write-report.ts'
import type { PlotPage } from '../../../src/report/plot-page.ts'

const hostile = '</script><img src=x onerror=alert(1)> & "quoted"'

const page: PlotPage = {
  title: `Title ${hostile}`,
  notes: [`Note ${hostile}`],
  table: { head: ['a', hostile], rows: [['1', hostile]] },
  charts: [
    {
      kind: 'scatter',
      title: 'Scatter',
      xLabel: hostile,
      yLabel: 'y',
      x: [2, 1],
      y: [Number.NaN, 4],
      line: { label: 'l', intercept: 1, slope: 2 },
    },
    {
      kind: 'time',
      title: 'Time',
      at: [1, 2],
      left: { label: 'l', values: [1, 2] },
      right: { label: 'r', values: [3, 4] },
    },
  ],
}

/** The JSON that the page draws from. */
const chartsIn = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="charts">(.*)<\/script>/.exec(html)![1]!)

describe('plotHtml', () => {
  const html = plotHtml(page)

  test('holds the library itself and may load nothing', () => {
    expect(html).toContain('var uPlot=')
    expect(html).toContain('.uplot')
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'`)
    expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)=/)
    expect(html).not.toMatch(/@import|url\(/)
  })

  test('no text of the data becomes markup', () => {
    expect(html).not.toContain('<img')
    expect(html.match(/<\/script>/g)).toHaveLength(3)
    expect(html).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;')
  })

  test('every chart has its data and its place; what is not finite is a hole', () => {
    expect(chartsIn(html)).toEqual([{ ...page.charts[0], y: [null, 4] }, page.charts[1]])
    expect([html.includes('id="chart-0"'), html.includes('id="chart-1"'), html.includes('id="chart-2"')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('writeReport', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tickwright-plot-'))

  test('makes the folder, replaces the file, leaves nothing beside it', async () => {
    const file = path.join(folder, 'a/b/report.html')
    await writeReport(file, 'one')
    await writeReport(file, 'two')
    expect(readFileSync(file, 'utf8')).toBe('two')
    expect(readdirSync(path.dirname(file))).toEqual(['report.html'])
  })

  test('a file that cannot be written is named', async () => {
    writeFileSync(path.join(folder, 'plain'), '')
    const file = path.join(folder, 'plain/report.html')
    await expect(writeReport(file, 'x')).rejects.toThrow(`${file}: it must be a writable file`)
  })
})
