import { describe, expect, test } from 'vitest'
import { spanPart } from '../../../src/report/training/span-part.ts'
import type { ReportSpan } from '../../../src/report/training/training-report-data.ts'

const HOUR = 3_600_000
const span = (name: ReportSpan['name'], from: number, to: number): ReportSpan => ({
  ...{ name, from: from * HOUR, to: to * HOUR, rows: 1_000 },
})

describe('spanPart', () => {
  test('each span with the gap before it', () => {
    const html = spanPart([span('train', 0, 100), span('validation', 105, 120), span('test', 120, 140)])
    expect(html).toContain('<td>train</td><td>1970-01-01 00:00</td><td>1970-01-05 04:00</td><td>1,000</td><td>–</td>')
    expect(html).toContain('<td>1970-01-06 00:00</td><td>1,000</td><td>5 h</td>')
    expect(html.match(/class="gap"/g)).toHaveLength(1)
    // 332 pixels for 140 hours, from 4 on.
    expect(html).toContain(`<rect class="gap" x="241.1" y="43" width="11.9" height="10"><title>purged: 5 h</title>`)
  })

  test('of spans that run beside each other the gap is to the last that ended before', () => {
    const html = spanPart([span('train', 0, 50), span('train', 10, 80), span('test', 82, 90), span('train', 60, 70)])
    expect([...html.matchAll(/purged: ([^<]+)</g)].map(([, text]) => text)).toEqual(['2 h', '10 h'])
  })

  test('one span of no length is drawn; none is no part; the rest of many is told', () => {
    expect(spanPart([span('train', 7, 7)])).not.toMatch(/NaN|undefined|Infinity/)
    expect(spanPart([])).toBe('')
    const folds = Array.from({ length: 42 }, (_, i) => span('test', i, i + 1))
    expect(spanPart(folds)).toContain('2 more spans not shown.')
  })
})
