import { createHash } from 'node:crypto'
import { InputError } from '../../core/errors.ts'
import type { RunOptions } from '../command-options.ts'
import { loadConfig } from '../config/load-config.ts'
import { readSecrets } from '../config/read-secrets.ts'
import { runDaemon } from '../daemon/daemon.ts'
import type { Io } from '../io.ts'
import { runDemo } from './demo.ts'

const ACCOUNT_DIGITS = 8

/** Runs in the mode of the configuration: demo, signal, paper or live. */
export async function runCommand(options: RunOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  if (config.mode === 'replay' || config.mode === 'backtest' || config.mode === 'train') {
    const command = config.mode === 'replay' ? 'replay --tape FILE' : config.mode
    throw new InputError(
      `config ${options.config}: mode was ${config.mode}; use "tickwright ${command} --config ${options.config}"`,
    )
  }
  if (config.mode === 'demo') return runDemo(config, options, io)
  const secrets = readSecrets(config, io.env)
  const { apiKey, apiSecret } = secrets
  const isLive = config.mode === 'live'
  return runDaemon(
    config,
    secrets,
    {
      bars: options.bars,
      json: options.json,
      // A ledger belongs to one account; a key of another one must not open it.
      account: isLive && apiKey ? fingerprint(apiKey.reveal()) : 'main',
      credentials: isLive && apiKey && apiSecret ? { apiKey: apiKey.reveal(), secret: apiSecret.reveal() } : undefined,
    },
    io,
  )
}

const fingerprint = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, ACCOUNT_DIGITS)
