import { SingleBar } from 'cli-progress'

/** Where a bar is drawn: standard error, so that results can be piped away. */
export type BarStream = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }

/** Steps done of all, with a note behind them. */
export interface CountBar {
  at(done: number, note: string): void
  /** The bar stays as it is, the next line stands below it. */
  stop(): void
}

export function countBar(what: string, total: number, stream: BarStream): CountBar {
  const bar = new SingleBar({
    format: `${what} [{bar}] {value}/{total}, {note}`,
    ...{ barCompleteChar: '#', barIncompleteChar: '-', barsize: 24, stream },
    gracefulExit: false, // Ctrl-C is the command's business.
  })
  bar.start(total, 0, { note: 'begins' })
  return { at: (done, note) => bar.update(done, { note }), stop: () => bar.stop() }
}
