import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { EpochReport } from '../../../src/training/network/train-network.ts'
import { epochWatch, type FitProgress } from '../../../src/wiring/fit/fit-progress.ts'
import { showProgress } from '../../../src/wiring/fit/show-progress.ts'
import { searchProgress } from '../../../src/wiring/trainer/search-progress.ts'
import { fakeIo } from '../commands/fake-io.ts'

const report = (epoch: number): EpochReport => ({
  ...{ epoch, trainLoss: 0.5, validationLoss: 0.25, learningRate: 1e-3, gradientNorm: 2 },
})

describe('epochs', () => {
  /** A fit that begins at 50 s and ends its epochs at these seconds, of 10. */
  async function watched(first: number, ...atSeconds: number[]) {
    let nowMs = 20_000
    const told: FitProgress[] = []
    const watch = epochWatch((progress) => told.push(progress), { monotonicMs: () => nowMs })
    nowMs = 50_000
    await watch
      .around(() => Promise.reject(new Error('not made')))({} as never, {} as never)
      .catch(() => undefined)
    for (const [i, at] of atSeconds.entries()) {
      nowMs = 1_000 * at
      watch.onEpoch(report(first + i), 10)
    }
    return { told, watch }
  }

  test.each<readonly [name: string, first: number, at: readonly number[], left: readonly number[]]>([
    ['one: its own time, from the beginning of the fit', 1, [54], [36]],
    ['several: those behind the first, which is slow', 1, [60, 62, 64.5], [90, 16, 16]],
    ['one that goes on from a checkpoint', 7, [52, 55], [6, 6]],
    ['the last', 10, [52], [0]],
  ])('time left after %s', async (_name, first, at, left) => {
    const { told, watch } = await watched(first, ...at)
    expect(told.map(({ secondsLeftMax }) => secondsLeftMax)).toEqual(left)
    expect(told.map(({ epoch, of }) => [epoch, of])).toEqual(at.map((_, i) => [first + i, 10]))
    expect(watch.epochs()).toBe(at.length)
    expect(watch.seconds()).toBe(at.at(-1)! - 50)
  })

  test('are told in words, too', async () => {
    const { told } = await watched(1, 54)
    expect(told[0]!.text).toBe(
      'epoch 1: loss 0.50000, validation 0.25000, learning rate 0.00100, gradient 2.00; 4.0 s an epoch, of 10 at most: at most 36 s left',
    )
  })
})

const progress: FitProgress = { text: 'epoch 3: fine', epoch: 3, of: 30, validationLoss: 0.25, secondsLeftMax: 54 }

function terminal() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120 })
  const drawn = (): string => String(stream.read() ?? '')
  return { stream, drawn }
}
const pipe = () => new PassThrough()

describe('progress of a fit', () => {
  test('on a terminal is a bar with the most time that is left; lines for people stand below it', () => {
    const { io, err } = fakeIo()
    const { stream, drawn } = terminal()
    const shown = showProgress(io, true, stream)
    shown.show({ text: 'fits on 100 rows' })
    expect(drawn()).toBe('')
    shown.show(progress)
    shown.show({ ...progress, epoch: 15, secondsLeftMax: 27 })
    shown.end()
    const text = drawn()
    expect(text).toContain('epochs [')
    expect(text).toMatch(/#{12}-{12}\] 15\/30, validation 0\.25000, at most 27 s left/)
    expect(err).toEqual(['fits on 100 rows'])
    shown.io.err('keeps epoch 15')
    expect(err).toEqual(['fits on 100 rows', 'keeps epoch 15'])
    expect(drawn()).toBe('')
  })

  test('a bar ends before a line of others is written, and another one begins after it', () => {
    const { io } = fakeIo()
    const { stream, drawn } = terminal()
    const order: string[] = []
    const shown = showProgress(
      { ...io, err: (line) => order.push(drawn() === '' ? 'nothing' : 'bar', line) },
      false,
      stream,
    )
    shown.show(progress)
    shown.io.err('SIGINT')
    shown.io.err('keeps epoch 3')
    expect(order).toEqual(['bar', 'SIGINT', 'nothing', 'keeps epoch 3'])
    shown.show({ ...progress, epoch: 4 })
    shown.end()
    expect(drawn()).toContain('4/30')
  })

  test.each([
    [false, 'epoch 3: fine'],
    [true, JSON.stringify({ kind: 'progress', ...progress })],
  ])('elsewhere is a line, json %s', (json, line) => {
    const { io, err } = fakeIo()
    const shown = showProgress(io, json, pipe())
    shown.show(progress)
    shown.end()
    expect(err).toEqual([line])
  })
})

describe('progress of a search', () => {
  test('on a terminal is a bar with the best so far and the time left', () => {
    const { io, err } = fakeIo()
    const { stream, drawn } = terminal()
    const shown = searchProgress(40, io, stream)
    shown.done(10, 1.23456789, 89.6)
    shown.stop()
    expect(drawn()).toMatch(/trials \[.*#{6}-{18}\] 10\/40, best 1\.2346, 90 s left/s)
    expect(err).toEqual([])
  })

  test('elsewhere is a line for each trial', () => {
    const { io, err } = fakeIo()
    const shown = searchProgress(40, io, pipe())
    shown.done(1, null, null)
    shown.done(2, 0.5, 12.4)
    shown.stop()
    expect(err).toEqual(['trial 1 of 40: best none, time left unknown', 'trial 2 of 40: best 0.50000, 12 s left'])
  })
})
