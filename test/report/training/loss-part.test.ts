import { describe, expect, test } from 'vitest'
import { lossPart } from '../../../src/report/training/loss-part.ts'

const BAD = /NaN|undefined|Infinity/

describe('lossPart', () => {
  test('tells the kept epoch and its losses, and marks it', () => {
    const html = lossPart({ train: [3, 2, 1], validation: [3.5, 2.5, 2.75], bestEpoch: 2 })
    expect(html).toContain('<td>kept epoch</td><td>2</td>')
    expect(html).toContain('<td>its validation loss</td><td>2.5</td>')
    expect(html).toContain('<td>last validation loss</td><td>2.75</td>')
    expect(html).toContain('<title>epoch 2 is kept</title>')
    expect(html.match(/<path class="line/g)).toHaveLength(2)
    // Epochs are whole.
    expect([...html.matchAll(/y="206" text-anchor="middle">([^<]+)</g)].map(([, text]) => text)).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  test('one epoch is a point of each curve', () => {
    const html = lossPart({ train: [2], validation: [3], bestEpoch: 1 })
    expect(html).not.toMatch(BAD)
    expect(html).not.toContain('<path class="line')
    expect(html.match(/<circle class="line solid/g)).toHaveLength(2)
    expect(html).toContain('>1</text>')
  })

  test.each([
    { name: 'losses a factor 30 apart', losses: [30, 5, 1], isLog: true },
    { name: 'losses less apart', losses: [29, 5, 1], isLog: false },
    { name: 'losses below 0', losses: [30, 5, -1], isLog: false },
  ])('$name: logarithmic axis $isLog', ({ losses, isLog }) => {
    const html = lossPart({ train: losses, validation: losses, bestEpoch: 3 })
    expect(html.includes('loss, logarithmic')).toBe(isLog)
    expect(html.includes('>10</text>')).toBe(true)
  })

  test('an epoch without a finite loss is a hole', () => {
    const html = lossPart({ train: [1, 2, Number.NaN, 3, 4], validation: [1, 1, 1, 1, 1], bestEpoch: 3 })
    const [train] = [...html.matchAll(/<path class="line l0" d="([^"]+)"/g)].map(([, d]) => d!)
    expect(train!.match(/M/g)).toHaveLength(2)
    expect(html).toContain('<td>its train loss</td><td>–</td>')
  })

  test('no epoch, no part', () => expect(lossPart({ train: [], validation: [], bestEpoch: 1 })).toBe(''))
})
