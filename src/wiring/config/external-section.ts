import { z } from 'zod'

/** The variable that holds the token of pushed readings. */
export const EXTERNAL_TOKEN = 'TICKWRIGHT_EXTERNAL_TOKEN'

/** Where the values of `features.externals` come from. */
export const externalSchema = z.strictObject({
  file: z
    .strictObject({
      path: z.string().min(1).describe('file that another program appends to, relative to the working directory'),
      format: z
        .enum(['jsonl', 'csv'])
        .describe('jsonl: objects of observedAt, series, value; csv: the same three columns'),
      pollMs: z.int().min(50).max(60_000).describe('how often the file is looked at, milliseconds'),
    })
    .optional()
    .describe('values out of a file'),
  push: z
    .strictObject({
      port: z
        .int()
        .min(1)
        .max(65_535)
        .describe(`TCP port on loopback for POST /external; the token is in ${EXTERNAL_TOKEN}`),
    })
    .optional()
    .describe('values pushed over HTTP'),
})
