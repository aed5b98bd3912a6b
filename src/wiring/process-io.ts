import type { Io } from './io.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const HARD_STOP_EXIT_CODE = 3

/** The real terminal and process. */
export function processIo(): Io {
  // A reader that went away (`| head`) is no reason to die: what is written is lost, the work goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    isTTY: process.stdout.isTTY === true,
    env: process.env,
    onStop: (handler) => {
      let asked = false
      const stop = (why: string) => {
        if (asked) {
          process.stderr.write('stopped at once on the second request; open orders were left as they are\n')
          process.exit(HARD_STOP_EXIT_CODE)
        }
        asked = true
        handler(why)
      }
      const onMessage = (message: unknown) => {
        if (message === 'shutdown') stop('shutdown message')
      }
      for (const signal of SIGNALS) process.on(signal, stop)
      process.on('message', onMessage)
      return () => {
        for (const signal of SIGNALS) process.off(signal, stop)
        process.off('message', onMessage)
      }
    },
    ready: () => void process.send?.('ready'),
  }
}
