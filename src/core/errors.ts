/** What the supervisor does: `retry` the call, `resync` the feed, `halt` trading, `refuse` to start (user's mistake). */
export type Recovery = 'retry' | 'resync' | 'halt' | 'refuse'

/** Every error of ours. The type says what the supervisor does; `context` is safe to log (no secret goes in). */
export abstract class TickwrightError extends Error {
  abstract readonly recovery: Recovery
  readonly context: Readonly<Record<string, unknown>>

  constructor(message: string, context: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.context = context
  }
}

/** We are wrong. Never caught to carry on. */
export class InvariantError extends TickwrightError {
  readonly recovery = 'halt'
}

/** The user's input is wrong: the message names the file, key or field, the value and the rule. Exit code 1. */
export class InputError extends TickwrightError {
  readonly recovery = 'refuse'
}

/** A peer did not answer as it should; the same call may succeed later. */
export class TransientError extends TickwrightError {
  readonly recovery = 'retry'
}

/** The message of anything thrown, also of what is no `Error` (ccxt rejects with such). */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
