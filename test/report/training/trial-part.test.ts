import { describe, expect, test } from 'vitest'
import type { ReportTrial } from '../../../src/report/training/training-report-data.ts'
import { trialAxis } from '../../../src/report/training/trial-axis.ts'
import { trialPart } from '../../../src/report/training/trial-part.ts'
import { sampleTrials } from './sample-training.ts'

const trial = (number: number, value: number | null, params: ReportTrial['params']): ReportTrial => ({
  ...{ number, value, params, state: value === null ? 'failed' : 'complete' },
})

describe('trialPart', () => {
  const html = trialPart(sampleTrials(80))

  test('one chart for each parameter, the best in the table', () => {
    const names = ['optimizer.learningRate', 'model.dropout', 'model.cell', 'model.layers']
    for (const name of names) expect(html).toContain(`aria-label="Trials by ${name}"`)
    expect(html.match(/aria-label="Trials by/g)).toHaveLength(4)
    const best = sampleTrials(80).reduce((most, one) => ((one.value ?? -9) > (most.value ?? -9) ? one : most))
    expect(html).toContain(`Best: trial ${best.number} with`)
    expect(html).toContain(`<tbody><tr><td>${best.number}</td>`)
    expect(html.match(/class="bestdot"[^>]*><title>/g)).toHaveLength(4)
  })

  test('states are counted and told apart by shape; those without a value stand at the foot', () => {
    for (const told of ['50 complete', '10 pruned', '10 failed', '10 infeasible'])
      expect(html).toContain(`</svg>${told}`)
    const chart = html.split('aria-label="Trials by model.dropout"')[1]!.split('</svg>')[0]!
    const marks = (state: string): readonly string[] =>
      new RegExp(`class="trials ${state}" d="([^"]+)"`).exec(chart)![1]!.split('M').slice(1)
    expect(['complete', 'pruned', 'failed', 'infeasible'].map((state) => marks(state).length)).toEqual([50, 10, 10, 10])
    const heights = marks('complete').map((mark) => Number.parseFloat(mark.split(',')[1]!))
    for (const mark of marks('failed'))
      expect(Number.parseFloat(mark.split(',')[1]!)).toBeGreaterThan(Math.max(...heights))
  })

  test('a parameter that is the same in all trials was not searched', () => {
    const page = trialPart([trial(1, 1, { a: 1, b: 5 }), trial(2, 2, { a: 2, b: 5 })])
    expect(page).toContain('Trials by a"')
    expect(page).not.toContain('Trials by b"')
    expect(trialPart([trial(1, 1, { b: 5 }), trial(2, 2, { b: 5 })])).toContain('No parameter differs')
  })

  test('one trial is drawn; none is no part; none with a value is told', () => {
    const one = trialPart([trial(7, -0.5, { a: 1e-3, b: 'x', c: true })])
    expect(one.match(/aria-label="Trials by/g)).toHaveLength(3)
    expect(one).toContain('Best: trial 7 with −0.5')
    expect(one).not.toMatch(/NaN|undefined|Infinity/)
    expect(trialPart([])).toBe('')
    const failed = trialPart([trial(1, null, { a: 1 }), trial(2, null, { a: 2 })])
    expect(failed).toContain('No trial has a value.')
    expect(failed).not.toMatch(/NaN|undefined|Infinity|Best trials/)
  })

  test('a lost trial does not press the others into a line', () => {
    const values = [-1e6, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    const page = trialPart(values.map((value, number) => trial(number, value, { a: number })))
    expect(page).toContain('1 trial far below the others drawn at the lowest value shown.')
    const heights = [...page.matchAll(/M[\d.]+,([\d.]+)h0/g)].slice(-8).map(([, y]) => Number(y))
    // Quartiles 0.1 and 0.5: the lowest shown is −1.9, the range 2.6 with 4 % room either way, over 184 pixels.
    expect(heights[0]! - heights[1]!).toBeCloseTo((2 / (2.6 * 1.08)) * 184, 0)
    expect(trialPart([0.1, 0.2, 0.3].map((value, number) => trial(number, value, { a: number })))).not.toContain(
      'far below',
    )
  })

  test('of many, every so many-th and the best', () => {
    const many = Array.from({ length: 2_001 }, (_, i) => trial(i, i === 1_000 ? 9 : 0.5, { a: i }))
    const page = trialPart(many)
    expect(page).toContain('One trial in 3 is drawn')
    expect(page.match(/class="bestdot"[^>]*><title>trial 1000: 9</g)).toHaveLength(1)
    // Were it not among the drawn, the axis would end below it.
    expect(Number(/class="bestdot" cx="[\d.]+" cy="([-\d.]+)" r="4"><title>/.exec(page)![1])).toBeGreaterThan(8)
  })
})

describe('trialAxis', () => {
  test.each([
    { name: 'three decades', values: [1e-4, 1e-3, 1e-1], kind: 'logarithmic' },
    { name: 'a factor 30', values: [1, 30], kind: 'logarithmic' },
    { name: 'less', values: [1, 29], kind: 'linear' },
    { name: 'with a 0', values: [0, 1, 1_000], kind: 'linear' },
    { name: 'words', values: ['a', 'b'], kind: 'names' },
    { name: 'words and numbers', values: ['none', 5], kind: 'names' },
    { name: 'truth', values: [true, false], kind: 'names' },
  ])('$name: $kind', ({ values, kind }) => expect(trialAxis(values).kind).toBe(kind))

  test('a logarithmic axis is marked with powers of ten', () => {
    const { ticks, text, place } = trialAxis([1e-4, 1e-1])
    expect(ticks.map(text)).toEqual(['0.0001', '0.001', '0.01', '0.1'])
    expect(place(1e-3, 0)).toBeCloseTo(-3, 12)
  })

  test('trials of one name stand near it, apart from the next', () => {
    const { place } = trialAxis(['a', 'b'])
    const places = Array.from({ length: 100 }, (_, trialNumber) => place('b', trialNumber))
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0.75)
    expect(Math.max(...places)).toBeLessThanOrEqual(1.25)
    expect(new Set(places).size).toBe(100)
  })

  test('whole numbers have whole marks', () => {
    expect(trialAxis([1, 2, 4]).ticks.every(Number.isInteger)).toBe(true)
  })
})
