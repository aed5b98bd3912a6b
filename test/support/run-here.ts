import { commands } from '../../src/wiring/commands.ts'
import { runCli } from '../../src/wiring/run-cli.ts'
import { fakeIo } from '../wiring/commands/fake-io.ts'
import { CANARIES } from './program.ts'

/** The program's command line within this process: cheaper than `runProgram` where nothing needs a process of its own. `changes`: to the environment. */
export async function runHere(args: readonly string[], changes: Record<string, string | undefined> = {}) {
  const env = Object.fromEntries(Object.entries({ ...CANARIES, ...changes }).filter(([, value]) => value !== undefined))
  const { io, out, err } = fakeIo(env)
  const code = await runCli(args, commands, io, '0.0.0')
  return { code, out: out.join('\n'), err: err.join('\n') }
}
