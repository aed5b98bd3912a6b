import { cpSync, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { requireWritable } from '../../adapters/sqlite/open-database.ts'
import { InputError } from '../../core/errors.ts'
import { DEMO_KEY } from '../../simulation/binance/binance-protocol.ts'
import type { DemoOptions } from '../command-options.ts'
import { loadConfig } from '../config/load-config.ts'
import { readSecrets } from '../config/read-secrets.ts'
import type { DemoConfig } from '../config/schema.ts'
import { runDaemon } from '../daemon/daemon.ts'
import { archiveLedger, ledgerVenue } from '../demo/archive-ledger.ts'
import { type ExchangeHandle, findOrStartExchange, stopExchange } from '../demo/exchange-process.ts'
import { startTrainer } from '../demo/trainer-process.ts'
import type { Io } from '../io.ts'
import { modelFamilies } from '../models/model-families.ts'
import { packageFile } from '../package-file.ts'

/** Trades against the bundled exchange simulator. */
export async function demoCommand(options: DemoOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  if (config.mode !== 'demo')
    throw new InputError(`config ${options.config}: mode was ${config.mode}; the demo needs mode demo`)
  return runDemo(config, options, io)
}

export async function runDemo(config: DemoConfig, options: DemoOptions, io: Io): Promise<number> {
  const secrets = readSecrets(config, io.env)
  seedFamilies(config)
  requireWritable(join(config.state.dir, 'demo.sqlite')) // Before an exchange is started for nothing.
  const portFile = join(config.state.dir, 'demo-exchange.json')
  const { port, idleExitMs } = config.simulator
  const args = ['--config', options.config, '--port', String(port), '--idle-exit-ms', String(idleExitMs)]
  const exchange = await findOrStartExchange(portFile, args)
  const baseUrl = `http://127.0.0.1:${exchange.port}`
  io.out(`exchange simulator ${exchange.attached ? 'found' : 'started'} on ${baseUrl}`)
  keepLedgerOf(exchange, config, io)
  const { apiKey, secret } = DEMO_KEY
  const account = exchange.instanceId
  const trainer = config.trainer && config.bars ? startTrainer(options.config, io) : undefined
  try {
    const code = await runDaemon(
      config,
      secrets,
      { bars: options.bars, json: options.json, baseUrl, account, credentials: { apiKey, secret } },
      io,
    )
    stopExchange(exchange, portFile)
    return code
  } catch (error) {
    // One that was running before may serve another daemon; left alone, it ends itself when nobody needs it.
    if (!exchange.attached) stopExchange(exchange, portFile)
    throw error
  } finally {
    await trainer?.stop()
  }
}

/** The first demo begins with the model that is shipped, that of each group too; from then on the families are the user's own. */
function seedFamilies(config: DemoConfig): void {
  const shipped = packageFile(join('models', basename(config.model.path)))
  const current = join(shipped, 'current')
  if (!existsSync(current)) return
  const version = readFileSync(current, 'utf8').trim()
  for (const { path } of modelFamilies(config)) {
    if (existsSync(join(path, 'current'))) continue
    cpSync(join(shipped, version), join(path, version), { recursive: true })
    cpSync(current, join(path, 'current'))
  }
}

/** A new exchange begins new accounts: the ledger of an old one is put aside, not mixed with it. */
function keepLedgerOf(exchange: ExchangeHandle, config: DemoConfig, io: Io): void {
  const file = join(config.state.dir, 'demo.sqlite')
  if (!existsSync(file) || ledgerVenue(file) === `${config.venue.id}/${exchange.instanceId}`) return
  io.out(`the last demo's ledger belongs to an exchange that has ended; it is now ${archiveLedger(file)}`)
}
