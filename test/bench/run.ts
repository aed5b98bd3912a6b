import { InputError } from '../../src/core/errors.ts'
import type { BenchOptions } from './bench-options.ts'

interface Bench {
  run(options: BenchOptions): Promise<object>
  /** Arguments that it takes; absent: none. */
  readonly usage?: string
}

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  backtest: () => import('./backtest.ts'),
  decision: () => import('./decision.ts'),
  ett: () => import('./ett.ts'),
  feed: () => import('./feed.ts'),
  infer: () => import('./infer.ts'),
  replay: () => import('./replay.ts'),
  retrain: () => import('./retrain.ts'),
  sidecar: () => import('./sidecar.ts'),
  swap: () => import('./swap.ts'),
  train: () => import('./train.ts'),
}

/**
 * `NAME [...] [--option ...]`: all from the first option on is for the one bench named. Progress goes to standard error, one JSON line
 * for each bench to standard output. Answers the exit code.
 */
async function main(argv: readonly string[]): Promise<number> {
  const options = argv.findIndex((each) => each.startsWith('-'))
  const names = options < 0 ? argv : argv.slice(0, options)
  const args = argv.slice(names.length)
  const known = Object.keys(BENCHES).join(', ')
  if (names.length === 0) {
    process.stderr.write(`npm run bench -- NAME [...]; names: ${known}\n`)
    return 0
  }
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name))
  if (unknown.length > 0) {
    process.stderr.write(`no bench is called ${unknown.join(', ')}; names: ${known}\n`)
    return 2
  }
  for (const name of names) {
    const bench = await BENCHES[name]?.()
    if (args.length > 0 && (names.length > 1 || bench?.usage === undefined)) {
      process.stderr.write(`${names.join(' ')}: takes no ${args.join(' ')}\n`)
      return 2
    }
    const result = await bench?.run({ args, progress: (text) => void process.stderr.write(`${name}: ${text}\n`) })
    process.stdout.write(`${JSON.stringify(result)}\n`)
  }
  return 0
}

process.exitCode = await main(process.argv.slice(2)).catch((thrown: unknown) => {
  if (!(thrown instanceof InputError)) throw thrown
  process.stderr.write(`${thrown.message}\n`)
  return 1
})
