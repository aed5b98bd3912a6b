import type { Logger } from 'pino'
import pinoPretty from 'pino-pretty'
import { wantsColour } from '../../adapters/console/console-view.ts'
import { createLogger, type LogLevel } from '../../adapters/log/logger.ts'
import type { Io } from '../io.ts'

/**
 * JSON to standard error for machines. On a terminal, where each bar has its line, only what is wrong is said, in words.
 */
export function openLog(
  config: { readonly log: { readonly level: LogLevel } },
  secrets: readonly string[],
  io: Io,
): Logger {
  const { level } = config.log
  if (!io.isTTY) return createLogger(level, secrets, process.stderr)
  const words = pinoPretty({
    colorize: wantsColour(io.isTTY, io.env),
    destination: 2,
    sync: true,
    singleLine: true,
    hideObject: true,
    translateTime: 'SYS:HH:MM:ss',
  })
  return createLogger(level === 'error' ? 'error' : 'warn', secrets, words)
}
