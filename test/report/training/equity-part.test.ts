import { describe, expect, test } from 'vitest'
import { equityPart } from '../../../src/report/training/equity-part.ts'
import { sampleEquity } from './sample-training.ts'

const DAY = 86_400_000
const at = [0, 1, 2, 3].map((day) => day * DAY)

/** Heights of the curve of a style in chart 0 (equity) or 1 (drawdown). */
const heights = (html: string, style: string, chart: 0 | 1): readonly number[] => {
  const svg = html.split('<svg class="chart"')[chart + 1]!
  const path = new RegExp(`<path class="line ${style}" d="M([^"]+)"`).exec(svg)![1]!
  return path.split(' ').map((place) => Number(place.split(',')[1]))
}

describe('equityPart', () => {
  test('draws all curves beside the flat line, on one scale', () => {
    const html = equityPart(
      [
        { name: 'model', at, equity: [100, 110, 99, 120] },
        { name: 'champion', at, equity: [100, 100, 110, 100] },
      ],
      'USDC',
    )
    for (const told of ['model: 120.00 USDC', 'champion: 100.00 USDC', 'flat: no position', 'Equity after costs, USDC'])
      expect(html).toContain(told)
    const [model, champion] = [heights(html, 'l0', 0), heights(html, 'l1', 0)]
    expect(champion[2]).toBe(model[1]) // Both are 110.
    const flat = Number(/class="line flat"[^>]+y1="([\d.]+)"/.exec(html.split('class="chart"')[1]!)![1])
    expect(flat).toBe(model[0])
  })

  test('drawdown is the fraction below the highest so far', () => {
    const [first, peak, fallen, again] = heights(
      equityPart([{ name: 'm', at, equity: [100, 110, 99, 121] }], 'U'),
      'l0',
      1,
    )
    expect([first, peak, again]).toEqual([8, 8, 8]) // The top of the chart: 0.
    // A tenth of 192 − 8 pixels down to the deepest, which has 4 % room below.
    expect(fallen).toBeCloseTo(8 + 184 / 1.04, 1)
  })

  test('keeps a spike of one among ten thousand points', () => {
    const { name, at: times, equity } = sampleEquity('m', 10_000, 1)
    const spiked = equity.map((value, i) => (i === 6_789 ? 50_000 : value))
    const drawn = heights(equityPart([{ name, at: times, equity: spiked }], 'U'), 'l0', 0)
    expect(drawn.length).toBeLessThan(1_200)
    expect(drawn.filter((y) => y < 30)).toHaveLength(1)
  })

  test('a baseline named flat takes the place of the flat line', () => {
    const html = equityPart([sampleEquity('model', 5, 1), { name: 'flat', at, equity: [1e4, 1e4, 1e4, 1e4] }], 'U')
    expect(html).not.toContain('no position')
    expect(html).not.toContain('class="line flat"')
  })

  test('the seventh curve is named, not drawn', () => {
    const html = equityPart(
      Array.from({ length: 7 }, (_, i) => sampleEquity(`curve ${i}`, 5, i)),
      'U',
    )
    expect(html).toContain('Not drawn: 1 more curve (curve 6).')
  })

  test.each([
    ['one point', [{ name: 'm', at: [5], equity: [100] }]],
    ['a level curve', [{ name: 'm', at, equity: [100, 100, 100, 100] }]],
    ['ruin', [{ name: 'm', at, equity: [100, 0, -50, 0] }]],
  ])('%s is drawn', (_, curves) => expect(equityPart(curves, 'U')).not.toMatch(/NaN|undefined|Infinity/))

  test('no point, no part', () => {
    expect(equityPart([], 'U')).toBe('')
    expect(equityPart([{ name: 'm', at: [], equity: [] }], 'U')).toBe('')
  })
})
