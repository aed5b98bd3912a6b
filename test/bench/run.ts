import type { BenchOptions } from './bench-options.ts'

type Bench = (options: BenchOptions) => Promise<object>

const BENCHES: Readonly<Record<string, () => Promise<{ run: Bench }>>> = {
  decision: () => import('./decision.ts'),
  feed: () => import('./feed.ts'),
  replay: () => import('./replay.ts'),
}

/** Progress goes to standard error, one JSON line for each bench to standard output. */
async function main(names: readonly string[]): Promise<number> {
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
    const result = await bench?.run({ progress: (text) => void process.stderr.write(`${name}: ${text}\n`) })
    process.stdout.write(`${JSON.stringify(result)}\n`)
  }
  return 0
}

process.exitCode = await main(process.argv.slice(2))
