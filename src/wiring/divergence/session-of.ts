import { existsSync } from 'node:fs'
import type { SessionRecord } from '../../adapters/tape/tape-control.ts'
import { InputError } from '../../core/errors.ts'
import type { Config, Mode } from '../config/schema.ts'
import { oneRun, tapeSessions } from '../replay/tape-sessions.ts'
import { stateFile } from '../state-files.ts'

/** Modes whose runs send orders and record tapes. */
const TRADING: ReadonlySet<string> = new Set(['demo', 'paper', 'live'] satisfies readonly Mode[])

interface Asked {
  /** Tapes, in the order of their time. */
  readonly files: readonly string[]
  readonly config: Config
  readonly configFile: string
  readonly stateDir: string
}

/** The run that recorded the tapes, and its ledger. */
export interface RecordedSession {
  readonly session: SessionRecord
  readonly stateFile: string
}

/** Throws `InputError` where the tapes are of no run that traded, or configuration or state folder are of another. */
export async function sessionOf({ files, config, configFile, stateDir }: Asked): Promise<RecordedSession> {
  const { sessions } = await tapeSessions(files)
  const session = oneRun(files, sessions)
  const { mode } = session
  if (!TRADING.has(mode)) {
    throw new InputError(
      `${files[0]}: it was recorded in mode ${mode}, which sends no orders; give the tapes of a run in mode demo, paper or live`,
    )
  }
  if (config.mode !== mode) {
    throw new InputError(
      `config ${configFile}: mode was ${config.mode}, and ${files[0]} was recorded in mode ${mode}; use the configuration of the run`,
    )
  }
  const file = stateFile(stateDir, mode)
  if (!existsSync(file)) {
    throw new InputError(
      `state folder ${stateDir} holds no ${mode}.sqlite: name the state folder of the recorded run with --state`,
    )
  }
  return { session, stateFile: file }
}
