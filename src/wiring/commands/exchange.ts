import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.ts'
import { type ExchangeServer, startExchangeServer } from '../../adapters/exchange-server/exchange-server.ts'
import { InputError } from '../../core/errors.ts'
import { createBinanceProtocol, DEMO_KEY } from '../../simulation/binance/binance-protocol.ts'
import { createExchange } from '../../simulation/exchange/create-exchange.ts'
import { demoMarkets } from '../../simulation/exchange/demo-markets.ts'
import type { ExchangeOptions } from '../command-options.ts'
import { loadConfig } from '../config/load-config.ts'
import { stopSwitch } from '../daemon/stop-switch.ts'
import type { Io } from '../io.ts'

const FUNDING_INTERVAL_MS = 8 * 3_600_000

/** Runs the exchange simulator alone, until it is stopped or nobody needs it any more. */
export async function exchangeCommand(options: ExchangeOptions, io: Io): Promise<number> {
  const config = loadConfig(options.config)
  if (config.mode !== 'demo') {
    throw new InputError(
      `config ${options.config}: mode was ${config.mode}; the exchange reads the simulator section of a demo config`,
    )
  }
  const { seed, alpha, port, deposit, idleExitMs } = { ...config.simulator, ...options }
  const clock = systemClock()
  const now = clock.now()
  const exchange = createExchange({
    seed,
    startAt: now,
    markets: demoMarkets(alpha),
    deposit,
    fundingIntervalMs: FUNDING_INTERVAL_MS,
  })
  const stop = stopSwitch()
  const server = await startExchangeServer({
    protocol: createBinanceProtocol(exchange, { now, fundingIntervalMs: FUNDING_INTERVAL_MS }),
    clock,
    port,
    keys: [DEMO_KEY],
    seed,
    // Alone it runs until stopped; only whoever starts it for himself (the demo) asks it to end with him.
    ...(options.idleExitMs === undefined ? {} : { idleExitMs, onIdle: () => stop.ask('idle') }),
  })
  const forget = io.onStop(stop.ask)
  if (options.portFile !== undefined) announce(options.portFile, server)
  io.out(
    `exchange simulator on ${server.url} (seed ${seed}, alpha ${alpha}); API key "${DEMO_KEY.apiKey}", secret "${DEMO_KEY.secret}"`,
  )
  io.out(
    `${exchange.instruments.map(({ symbol }) => symbol).join(', ')}; ledger: ${server.url}/simulator/ledger?apiKey=${DEMO_KEY.apiKey}`,
  )
  io.ready()
  const why = await stop.asked
  forget()
  await server.close()
  if (options.portFile !== undefined) rmSync(options.portFile, { force: true })
  io.out(`exchange simulator stopped (${why})`)
  return 0
}

/** By rename, so that a reader never meets half of it. */
function announce(file: string, server: ExchangeServer): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, JSON.stringify({ port: server.port, pid: process.pid, instanceId: server.instance.id }))
  renameSync(temporary, file)
}
