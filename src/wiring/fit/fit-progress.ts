import type { Clock } from '../../core/clock.port.ts'
import type { FitForecaster } from '../../training/fitted-forecaster.ts'
import type { EpochReport } from '../../training/network/train-network.ts'
import { epochLine } from './choose-fitter.ts'

/** How far a training is. */
export interface FitProgress {
  /** All of it, for people. */
  readonly text: string
  /** Of a network: passes over the training rows that are done, of so many at most. */
  readonly epoch?: number
  readonly of?: number
  readonly validationLoss?: number
  /** Seconds that the rest takes at most, at the pace so far: it may end sooner. */
  readonly secondsLeftMax?: number
}

export interface EpochWatch {
  /** `of`: epochs at most. */
  onEpoch(report: EpochReport, of: number): void
  /** The same fit, its time taken: what comes before it does not count. */
  around(fitter: FitForecaster): FitForecaster
  /** Epochs of this run; one that goes on from a checkpoint does not count those before. */
  epochs(): number
  /** From the beginning of the fit to the end of its last epoch. */
  seconds(): number
}

/** Tells of each epoch. The pace is that of the epochs behind the first, in which the runtime warms up, once there are some. */
export function epochWatch(tell: (progress: FitProgress) => void, clock: Pick<Clock, 'monotonicMs'>): EpochWatch {
  let [startedMs, firstMs, lastMs] = [0, 0, 0]
  let epochs = 0
  return {
    around: (fitter) => (data, split) => {
      startedMs = lastMs = clock.monotonicMs()
      return fitter(data, split)
    },
    onEpoch(report, of) {
      lastMs = clock.monotonicMs()
      epochs += 1
      if (epochs === 1) firstMs = lastMs
      const perEpoch = (epochs === 1 ? lastMs - startedMs : (lastMs - firstMs) / (epochs - 1)) / 1_000
      const secondsLeftMax = Math.ceil(Math.max(0, of - report.epoch) * perEpoch)
      const { epoch, validationLoss } = report
      const text = `${epochLine(report)}; ${perEpoch.toFixed(1)} s an epoch, of ${of} at most: at most ${secondsLeftMax} s left`
      tell({ text, epoch, of, validationLoss, secondsLeftMax })
    },
    epochs: () => epochs,
    seconds: () => (lastMs - startedMs) / 1_000,
  }
}
