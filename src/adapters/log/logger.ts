import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Names under which a secret could travel, at the top or one level down. */
const SECRET_NAMES = [
  'apiKey',
  'apiSecret',
  'secret',
  'token',
  'password',
  'passphrase',
  'privateKey',
  'signature',
  'authorization',
  'listenKey',
  'X-MBX-APIKEY',
  'x-mbx-apikey',
]
/** A string in a log line is cut here: one frame of a broken peer must not fill the disk. */
const STRING_CHARS_MAX = 2_000

/**
 * JSON lines to `destination` (standard error in the daemon: standard output belongs to results). Values under secret names, and
 * `secrets` wherever they stand, are replaced by `[secret]`.
 */
export function createLogger(level: LogLevel, secrets: readonly string[], destination: Writable): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: HIDDEN,
      },
    },
    scrubbing(secrets, destination),
  )
}

const HIDDEN = '[secret]'

/** The last word before the disk: cuts long strings, and hides a secret that came inside some message. */
function scrubbing(secrets: readonly string[], destination: Writable): { write(line: string): void } {
  // JSON writes some characters in another way.
  const written = secrets.filter((secret) => secret !== '').map((secret) => JSON.stringify(secret).slice(1, -1))
  const longString = new RegExp(`"((?:[^"\\\\]|\\\\.){${STRING_CHARS_MAX}})(?:[^"\\\\]|\\\\.)+"`, 'g')
  return {
    write: (line) => {
      const hidden = written.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line)
      destination.write(hidden.length > STRING_CHARS_MAX ? hidden.replace(longString, '"$1…"') : hidden)
    },
  }
}
