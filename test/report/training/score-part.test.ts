import { describe, expect, test } from 'vitest'
import { scorePart } from '../../../src/report/training/score-part.ts'
import { sampleScores } from './sample-training.ts'

/** Cells of a row, without markup. */
function cells(html: string, name: string): readonly string[] {
  const row = html.split('<tr').find((each) => each.includes(`<th scope="row">${name}`))!
  return [...row.matchAll(/<td[^>]*>([^<]*)/g)].map(([, text]) => text!)
}

describe('scorePart', () => {
  const html = scorePart(
    [sampleScores('model', 0, true), sampleScores('old', 0.1, true), sampleScores('ridge', -1, false)],
    'USDT',
  )

  test.each([
    ['CRPS, bps ↓', ['12.3456', '12.4456', '★ 11.3456']],
    ['R² ↑', ['0.0021', '0.0011', '★ 0.0121']],
    ['right direction ↑', ['51.20 %', '51.10 %', '★ 52.20 %']],
    ['return ↑', ['★ +3.40 %', '−6.60 %', 'not traded']],
    ['Sharpe ratio ↑', ['★ 1.21', '1.11', 'not traded']],
    ['Sortino ratio ↑', ['not enough data', 'not enough data', 'not traded']],
    // Alike: none is best.
    ['max drawdown ↓', ['8.10 %', '8.10 %', 'not traded']],
    ['class error ↓', ['3.00 %', '3.00 %', '3.00 %']],
    ['turnover', ['1,234,567', '1,234,567', 'not traded']],
  ])('%s', (name, expected) => expect(cells(html, name)).toEqual(expected))

  test('null is not enough data, and never the best', () => {
    const few = scorePart([{ ...sampleScores('a', 0, false), classError: null }, sampleScores('b', 0.1, false)], 'USDT')
    expect(cells(few, 'class error')).toEqual(['not enough data', '3.00 %'])
  })

  test('nobody traded: no rows of trading', () => {
    const idle = scorePart([sampleScores('a', 0, false), sampleScores('b', 0.1, false)], 'USDT')
    expect(idle).not.toMatch(/Sharpe|not traded|USDT/)
    expect(idle).toContain('CRPS')
  })

  test('one alone is not the best', () => {
    expect(scorePart([sampleScores('a', 0, true)], 'USDT')).not.toContain('★')
  })
})
