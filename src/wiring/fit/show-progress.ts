import { type BarStream, type CountBar, countBar } from '../count-bar.ts'
import type { Io } from '../io.ts'
import type { FitProgress } from './fit-progress.ts'

export interface ShownProgress {
  show(progress: FitProgress): void
  /** The same terminal for others: a bar gives way to their lines. */
  readonly io: Io
  end(): void
}

/**
 * On a terminal a bar of epochs with the most time that is left; elsewhere a line each, with `json` one object: `kind` (`progress`), `text`
 * and, of an epoch, `epoch`, `of`, `validationLoss`, `secondsLeftMax`.
 */
export function showProgress(io: Io, json: boolean, stream: BarStream = process.stderr): ShownProgress {
  let bar: CountBar | undefined
  const end = (): void => {
    bar?.stop()
    bar = undefined
  }
  function show(progress: FitProgress): void {
    const { text, epoch, of, validationLoss, secondsLeftMax } = progress
    if (!stream.isTTY) io.err(json ? JSON.stringify({ kind: 'progress', ...progress }) : text)
    else if (epoch === undefined || of === undefined) {
      end()
      io.err(text)
    } else {
      bar ??= countBar('epochs', of, stream)
      bar.at(epoch, `validation ${validationLoss?.toFixed(5)}, at most ${secondsLeftMax} s left`)
    }
  }
  return { show, io: { ...io, err: (text) => show({ text }) }, end }
}
