import { Api, GrammyError } from 'grammy'
import type { Alert } from '../../core/alert.ts'
import { messageOf } from '../../core/errors.ts'
import type { AlertSink, Delivery } from './alert-sink.ts'

export interface TelegramSettings {
  /** Bot token. Goes into the URL and nowhere else. */
  readonly token: string
  /** Chat number or `@channelname`. */
  readonly chatId: string
  readonly timeoutMs?: number
  /** Bot API server; tests pass a loopback one. */
  readonly apiRoot?: string
}

/** Limit of one message (Bot API, sendMessage). */
const TEXT_CHARS_MAX = 4_096
const TIMEOUT_MS = 10_000

/** grammy's types name a polyfill that Node has long had. */
type GrammySignal = NonNullable<Parameters<Api['sendMessage']>[3]>

/** Sends plain text (no parse mode: nothing in it can be taken for markup). Information comes without a sound. */
export function telegramSink(settings: TelegramSettings): AlertSink {
  const api = new Api(settings.token, {
    ...(settings.apiRoot === undefined ? {} : { apiRoot: settings.apiRoot }),
    baseFetchConfig: { redirect: 'error' },
    sensitiveLogs: false,
  })
  return {
    name: 'telegram',
    async deliver(alert, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS)])
      try {
        await api.sendMessage(
          settings.chatId,
          textOf(alert),
          { disable_notification: alert.severity === 'info', link_preview_options: { is_disabled: true } },
          limited as unknown as GrammySignal,
        )
        return { kind: 'delivered' }
      } catch (error) {
        return failure(error, settings.token)
      }
    },
  }
}

function textOf({ severity, text, at }: Alert): string {
  const head = severity === 'info' ? '' : `${severity.toUpperCase()}: `
  const tail = `\n${new Date(at).toISOString()}` // A delayed alert must say when it happened.
  const room = TEXT_CHARS_MAX - head.length - tail.length
  return `${head}${text.length > room ? `${text.slice(0, room - 1)}…` : text}${tail}`
}

function failure(error: unknown, token: string): Delivery {
  const cause = messageOf(error).replaceAll(token, '[secret]')
  const seconds = error instanceof GrammyError ? error.parameters.retry_after : undefined
  return seconds === undefined ? { kind: 'retry', cause } : { kind: 'retry', cause, afterMs: seconds * 1_000 }
}
