import { parentPort, type Worker, workerData } from 'node:worker_threads'
import { check } from '../../core/check.ts'
import { TransientError } from '../../core/errors.ts'
import { converter, type Instrument } from '../../core/instrument.ts'
import { featureEngine } from '../../features/feature-engine.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { FeatureSettings } from '../../features/feature-settings.ts'
import type { CandleSeries, Candles } from '../../market/candles/candle.ts'
import { PackedCandles, packCandles } from '../../market/candles/packed-candles.ts'
import { loadFeatureSchema } from '../features/load-feature-schema.ts'
import { startThread } from '../sweep/serve-trials.ts'
import { CandleLane } from './candle-lane.ts'
import { LotMoments, type LotPart } from './lot-moments.ts'
import { RowsHash } from './rows-hash.ts'
import { packWindows, readyRows, type WindowChunk } from './window-chunk.ts'
import { stepMoments, type WindowSource } from './window-source.ts'

/** Moments that are handed over at once, and how many such lots may wait: the thread is never further ahead. */
const MOMENTS = 512
const LOTS_MAX = 4

const MARK = 'tickwright-window-thread'

interface ThreadLane extends Pick<CandleSeries, 'barMs' | 'funding' | 'markCloses' | 'filled'> {
  readonly instrument: Instrument
  /** See `PackedCandles`. */
  readonly candles: Float64Array<SharedArrayBuffer>
}

/** Everything that the thread needs; then it is asked for lots, one number of moments each. */
interface Task {
  readonly settings: FeatureSettings
  readonly steps: number
  readonly halfSpreadBps: number
  readonly lanes: readonly ThreadLane[]
}

/** Some moments. */
interface Lot {
  /** Of each instrument. */
  readonly chunks: readonly WindowChunk[]
  /** See `WindowSource`. */
  readonly digest: string
}

export interface ThreadedWindows {
  readonly schema: FeatureSchema
  readonly steps: number
  readonly halfSpreadBps: number
  readonly series: readonly CandleSeries[]
  /** Where the bars of the windows come from, in the order of the series. */
  readonly lanes: readonly CandleLane[]
}

/** A thread for the features of one run. Starting it takes as long as the features of many thousands of bars. */
export interface FeatureThread {
  /** The same windows as `windowsHere`, bit for bit, computed while bars before them are decided. Once; closing them closes the thread. */
  windows(settings: ThreadedWindows): WindowSource
  /** Where it was not needed. */
  close(): Promise<void>
}

export function startFeatureThread(): FeatureThread {
  const lots = new Lots(startThread(import.meta.url, MARK))
  return {
    windows(settings) {
      lots.begin(taskOf(settings), settings.series[0]!.candles.length)
      return windowsOf(settings, lots)
    },
    close: () => lots.close(),
  }
}

function windowsOf({ schema, lanes }: ThreadedWindows, lots: Lots): WindowSource {
  let index = 0
  let lot: Lot | undefined
  let at = 0
  return {
    async next(wanted) {
      const parts: LotPart[] = []
      for (const until = index + wanted; index < until; ) {
        if (!lot || at === lengthOf(lot)) {
          lot = await lots.take()
          at = 0
        }
        const length = Math.min(until - index, lengthOf(lot) - at)
        parts.push({ chunks: lot.chunks, from: at, length, index })
        index += length
        at += length
      }
      return new LotMoments(parts, lanes, schema.hash)
    },
    digest: () => lot?.digest ?? '',
    close: () => lots.close(),
  }
}

function taskOf({ schema, steps, halfSpreadBps, series, lanes }: ThreadedWindows): Task {
  return {
    ...{ settings: schema.settings, steps, halfSpreadBps },
    lanes: series.map(({ barMs, funding, markCloses, filled, candles }, at) => ({
      instrument: lanes[at]!.converter.instrument,
      candles: packed(candles).values,
      ...{ barMs, funding },
      ...(markCloses && { markCloses }),
      ...(filled && { filled }),
    })),
  }
}

const lengthOf = ({ chunks }: Lot): number => chunks[0]!.ready.length

const packed = (candles: Candles): PackedCandles =>
  candles instanceof PackedCandles ? candles : packCandles(candles.length, (index) => candles.at(index)!)

/** Lots as they come out of the thread, at most `LOTS_MAX` of them on their way or waiting. */
class Lots {
  readonly #thread: Worker
  readonly #waiting: Lot[] = []
  #left = 0
  #hasBegun = false
  #wanted: { resolve(lot: Lot): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  /** What goes wrong before anything is asked for is told when it is. */
  constructor(thread: Worker) {
    this.#thread = thread
    this.#thread.on('message', (lot: Lot) => this.#came(lot))
    this.#thread.on('error', (error) => this.#fail(error))
    this.#thread.on('exit', (code) => this.#fail(new TransientError(`the thread of the features ended: ${code}`)))
  }

  begin(task: Task, moments: number): void {
    check(!this.#hasBegun, 'a thread of features for one run', 'another')
    this.#hasBegun = true
    this.#left = moments
    this.#thread.postMessage(task)
    for (let nth = 0; nth < LOTS_MAX; nth += 1) this.#ask()
  }

  take(): Promise<Lot> {
    check(this.#wanted === undefined, 'lots asked for at once', 2)
    const lot = this.#waiting.shift()
    if (lot) {
      this.#ask()
      return Promise.resolve(lot)
    }
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      else this.#wanted = { resolve, reject }
    })
  }

  async close(): Promise<void> {
    this.#fail(new TransientError('the thread of the features is closed'))
    await this.#thread.terminate()
  }

  #ask(): void {
    const moments = Math.min(MOMENTS, this.#left)
    this.#left -= moments
    if (moments > 0) this.#thread.postMessage(moments)
  }

  #came(lot: Lot): void {
    const wanted = this.#wanted
    this.#wanted = undefined
    if (!wanted) {
      this.#waiting.push(lot)
      return
    }
    this.#ask()
    wanted.resolve(lot)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wanted?.reject(this.#failure)
    this.#wanted = undefined
  }
}

/** The thread's side: lots of so many moments. */
async function lotsOf({ settings, steps, halfSpreadBps, lanes }: Task): Promise<(moments: number) => Lot> {
  const schema = await loadFeatureSchema(settings)
  const made = lanes.map(({ instrument, candles, ...series }) => {
    const all = new PackedCandles(candles)
    const candle = (index: number) => all.at(index)!
    return new CandleLane(converter(instrument), { ...series, candle }, halfSpreadBps)
  })
  const converters = made.map((lane) => lane.converter)
  const step = stepMoments(featureEngine({ schema, converters, steps }), made)
  const hash = new RowsHash(lanes.length)
  return (count) => {
    const moments = Array.from({ length: count }, step)
    const chunks = lanes.map((_, lane) => packWindows(moments.map((windows) => windows[lane]!)))
    for (const [lane, chunk] of chunks.entries()) {
      for (const rows of readyRows(chunk)) hash.addReady(lane, rows)
    }
    return { chunks, digest: hash.digest() }
  }
}

if (parentPort && workerData === MARK) {
  const port = parentPort
  let lots: Promise<(moments: number) => Lot> | undefined
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: Task | number) => {
    if (typeof message !== 'number') {
      lots = lotsOf(message)
      return
    }
    // What it throws ends the thread: the other side hears of it.
    last = last.then(async () => {
      port.postMessage((await lots!)(message))
    })
  })
}
