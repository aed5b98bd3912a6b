import { describe, expect, test } from 'vitest'
import { importancePart } from '../../../src/report/training/importance-part.ts'

describe('importancePart', () => {
  const html = importancePart([
    { feature: 'ofi', riseBps: 0.3, deviationBps: 0.1 },
    { feature: 'hour', riseBps: -0.1, deviationBps: 0 },
  ])

  test('bars from zero with whiskers of a deviation, on one scale', () => {
    expect(html).toContain('0.300 ± 0.100')
    expect(html).toContain('−0.100 ± 0.000')
    // −0.1 to 0.4 over 332 pixels, from 4 on: zero is at 70.4.
    expect(html).toContain('<rect class="bar" x="70.4" y="14" width="199.2"')
    expect(html).toContain('<rect class="bar down" x="4" y="41" width="66.4"')
    expect(html).toContain('d="M203.2,18.5H336M203.2,16v5M336,16v5"')
  })

  test('two columns of many, the rest of very many told', () => {
    const many = Array.from({ length: 45 }, (_, i) => ({ feature: `f${i}`, riseBps: 1, deviationBps: 0 }))
    const page = importancePart(many)
    expect(page.match(/<svg/g)).toHaveLength(2)
    expect(page).toContain('5 features of less importance not shown.')
    expect(page.match(/<rect/g)).toHaveLength(40)
  })

  test('nothing rises: no bar; no feature: no part', () => {
    expect(importancePart([{ feature: 'a', riseBps: 0, deviationBps: 0 }])).not.toMatch(/NaN|undefined|Infinity/)
    expect(importancePart([])).toBe('')
  })
})
