import { CommanderError } from 'commander'
import { InputError, TransientError } from '../core/errors.ts'
import type { Io } from './io.ts'
import { buildProgram, type Commands } from './program.ts'

/** 0 fine, 1 the user's input is wrong, 2 wrong usage, 3 anything else. */
export type ExitCode = 0 | 1 | 2 | 3

/** Runs the command line `args` (without node and script) and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], commands: Commands, io: Io, version: string): Promise<number> {
  let code = 0
  try {
    const program = buildProgram(commands, io, version, (result) => {
      code = result
    })
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    return failed(error, io)
  }
}

function failed(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // Commander has printed its message.
  if (error instanceof InputError) {
    io.err(`error: ${error.message}`)
    return 1
  }
  if (error instanceof TransientError) {
    io.err(`error: ${error.message}; nothing was lost, try again`)
    return 3
  }
  io.err(`fatal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return 3
}
