import { z } from 'zod'
import { isSafeTarget } from '../../adapters/alerts/safe-url.ts'
import type { TraderSettings } from '../../trading/trader-settings.ts'

export const stateSchema = z.strictObject({
  dir: z.string().min(1).describe('folder of the database, one daemon each, relative to the working directory'),
})

export const tapeSchema = z
  .strictObject({
    dir: z.string().min(1).describe('folder of the tapes, relative to the working directory'),
    rotateMs: z
      .int()
      .min(60_000)
      .max(86_400_000)
      .describe('a new file begins at each multiple of this in UTC, milliseconds'),
    rotateBytesMax: z.int().min(1_048_576).max(1e12).describe('and when a file has grown so long, compressed bytes'),
    queueBytesMax: z
      .int()
      .min(1_048_576)
      .max(1e10)
      .describe('bytes that may wait for the disk; past it lines are left out and the tape says so'),
  })
  .optional()
  .describe('record everything that is heard and decided from; leave out to record nothing')

export const logSchema = z.strictObject({
  level: z.enum(['error', 'warn', 'info', 'debug']).describe('least severe log line written'),
})

export const alertsSchema = z.strictObject({
  telegram: z
    .strictObject({
      enabled: z.boolean().describe('send alerts to a Telegram chat; needs TICKWRIGHT_TELEGRAM_TOKEN'),
      chatId: z
        .string()
        .regex(/^(-?\d+|@\w{5,})?$/, 'a quoted chat number such as "-1001234567890", or "@channelname"')
        .describe('chat to write to, quoted'),
    })
    .refine((telegram) => !telegram.enabled || telegram.chatId !== '', {
      path: ['chatId'],
      error: 'needed when telegram.enabled is true',
    })
    .describe('Telegram alerts'),
  webhook: z
    .strictObject({
      enabled: z.boolean().describe('post alerts to a URL; needs TICKWRIGHT_WEBHOOK_SECRET'),
      url: z
        .string()
        .refine((url) => url === '' || isSafeTarget(url), 'https, or http on loopback, without user name and password')
        .describe('https URL, or http on loopback'),
    })
    .refine((webhook) => !webhook.enabled || webhook.url !== '', {
      path: ['url'],
      error: 'needed when webhook.enabled is true',
    })
    .describe('webhook alerts'),
})

export const tradingSchema = z.strictObject({
  onStop: z
    .enum(['cancel', 'cancel-and-flatten', 'leave'])
    .describe('open orders at a stop: cancel them, cancel them and close positions, or leave them'),
  collarBps: z
    .number()
    .min(0)
    .max(1_000)
    .describe('how far beyond the touch an order may reach, basis points; at most risk.collarBpsMax'),
  reconcileMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .describe('how often orders, fills, positions and balance are compared with the venue, milliseconds'),
  probeDelayMs: z
    .int()
    .min(50)
    .max(60_000)
    .describe(
      'first wait before the venue is asked again for an order whose answer was lost, milliseconds; it doubles',
    ),
  absentGuardMs: z
    .int()
    .min(500)
    .max(600_000)
    .describe('how long "no such order" is not believed, milliseconds; at least venue.recvWindowMs'),
  stopTimeoutMs: z.int().min(100).max(60_000).describe('how long a stop may take, milliseconds'),
}) satisfies z.ZodType<Pick<TraderSettings, 'reconcileMs' | 'probeDelayMs' | 'absentGuardMs'>>
