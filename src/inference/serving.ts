import { InputError, messageOf, TransientError } from '../core/errors.ts'
import type { Scheduler } from '../core/scheduler.port.ts'
import type { ModelBundle } from '../model/bundle/bundle.ts'
import type { ForecasterOutputs } from '../model/forecaster-outputs.ts'
import { OUTPUT_NAMES } from '../model/forecaster-outputs.ts'
import { type Fallback, LAST_PROVIDER } from './fallback.ts'
import type { ModelRuntime, ModelSession } from './model-runtime.port.ts'
import { loadProven } from './proven-session.ts'
import { missingOutput } from './read-outputs.ts'
import { OverdueError, type TimeLimit, within } from './within.ts'

export interface ServingOptions {
  /** Bounds each run; without it, and in a replay, a run may take as long as it likes. */
  readonly time?: { readonly runMsMax: number; readonly scheduler: Scheduler } | undefined
  /** Windows that close together: what the warm-up prepares for. */
  readonly batch?: number | undefined
  onFallback?(fallback: Fallback): void
}

/** Outputs of one run, and who computed them. */
export interface Answer {
  readonly provider: string
  readonly outputs: ForecasterOutputs
}

/** One model on the providers that are ready to answer for it. */
export interface Serving {
  /** Answers now. */
  readonly provider: string
  /** As of a session. Throws when no provider answers; the next run may find one again. */
  run(input: Float32Array, batch: number, stride?: number): Promise<Answer>
  release(): Promise<void>
}

/**
 * Loads `bundle` on the first of `provider`'s candidates that proves itself (`auto`: those of the runtime in their order; otherwise the
 * named one alone), and beside any other on the CPU, which takes over in the very run in which that one fails. Throws `InputError`
 * when the model must not be used.
 */
export async function serve(
  bundle: ModelBundle,
  runtime: ModelRuntime,
  provider: string,
  options: ServingOptions = {},
): Promise<Serving> {
  const proving = { scheduler: options.time?.scheduler, batch: options.batch }
  const load = (name: string): Promise<ModelSession> => loadProven(bundle, runtime, name, proving)
  const candidates = provider === 'auto' ? runtime.autoProviders : [provider]
  const main = await firstProven(bundle, provider, candidates, load, options)
  if (main.provider === LAST_PROVIDER) return new LiveServing(bundle, options, main, undefined, load)
  try {
    return new LiveServing(bundle, options, main, await load(LAST_PROVIDER), load)
  } catch (error) {
    await main.release()
    throw error
  }
}

async function firstProven(
  { modelId }: ModelBundle,
  provider: string,
  candidates: readonly string[],
  load: (provider: string) => Promise<ModelSession>,
  options: ServingOptions,
): Promise<ModelSession> {
  const failed: { readonly provider: string; readonly cause: string }[] = []
  for (const candidate of candidates) {
    try {
      const session = await load(candidate)
      for (const one of failed) options.onFallback?.({ modelId, during: 'load', ...one, next: candidate })
      return session
    } catch (error) {
      failed.push({ provider: candidate, cause: messageOf(error) })
    }
  }
  const causes = failed.map((one) => `${one.provider}: ${one.cause}`).join('; ')
  throw new InputError(
    `${modelId}: model.provider was ${provider}; no execution provider may be used for the model: ${causes}`,
    { modelId, provider },
  )
}

class LiveServing implements Serving {
  readonly #bundle: ModelBundle
  readonly #options: ServingOptions
  readonly #limit: TimeLimit | undefined
  readonly #load: (provider: string) => Promise<ModelSession>
  /** Undefined while the last provider is loaded anew because it hung. */
  #main: ModelSession | undefined
  #standby: ModelSession | undefined
  #revival: Promise<void> | undefined
  #provider: string
  /** Nobody answered in the last run: told already. */
  #isMute = false
  #isReleased = false

  constructor(
    bundle: ModelBundle,
    options: ServingOptions,
    main: ModelSession,
    standby: ModelSession | undefined,
    load: (provider: string) => Promise<ModelSession>,
  ) {
    this.#bundle = bundle
    this.#options = options
    const { time } = options
    this.#limit = time && { ms: time.runMsMax, scheduler: time.scheduler }
    this.#main = main
    this.#standby = standby
    this.#provider = main.provider
    this.#load = load
  }

  get provider(): string {
    return this.#provider
  }

  async run(input: Float32Array, batch: number, stride?: number): Promise<Answer> {
    if (!this.#main) await this.#revived()
    const session = this.#main
    if (!session) throw new TransientError(`${this.#provider} is not loaded again yet`)
    try {
      const answer = await this.#answer(session, input, batch, stride)
      this.#isMute = false
      return answer
    } catch (error) {
      const next = this.#failed(session, error)
      if (!next) throw error
    }
    return await this.run(input, batch, stride)
  }

  async release(): Promise<void> {
    this.#isReleased = true
    const sessions = [this.#main, this.#standby]
    this.#main = undefined
    this.#standby = undefined
    for (const session of sessions) await session?.release()
  }

  async #answer(session: ModelSession, input: Float32Array, batch: number, stride?: number): Promise<Answer> {
    const { provider } = session
    const outputs = await within(this.#limit, `the run on ${provider}`, session.run(input, batch, stride))
    const missing = missingOutput(outputs, this.#bundle.manifest, batch)
    if (missing !== undefined) throw new TransientError(missing)
    const answer = { provider, outputs: outputs as ForecasterOutputs }
    // The CPU's word is final: what it says of such a window is judged row by row.
    if (this.#standby) checkFinite(answer.outputs)
    return answer
  }

  /** Answers in its place: the standby. Without one it is loaded anew, behind the bars; meanwhile it is asked on unless it hangs. */
  #failed(session: ModelSession, error: unknown): ModelSession | undefined {
    const next = this.#standby
    if (next) {
      this.#standby = undefined
      this.#replace(session, next)
      this.#provider = next.provider
    } else {
      if (error instanceof OverdueError) this.#replace(session, undefined)
      this.#revive()
    }
    if (!this.#isMute) {
      const { modelId } = this.#bundle
      const { provider } = session
      this.#options.onFallback?.({ modelId, during: 'run', provider, cause: messageOf(error), next: next?.provider })
    }
    this.#isMute = !next
    return next
  }

  #replace(session: ModelSession | undefined, next: ModelSession | undefined): void {
    this.#main = next
    session?.release().catch(() => undefined)
  }

  #revive(): void {
    if (this.#revival || this.#isReleased) return
    this.#revival = this.#load(this.#provider)
      .then(
        (session) => (this.#isReleased ? session.release() : this.#replace(this.#main, session)),
        () => undefined, // Tried again by the next run.
      )
      .finally(() => {
        this.#revival = undefined
      })
  }

  async #revived(): Promise<void> {
    this.#revive()
    if (this.#revival) await within(this.#limit, `loading on ${this.#provider} again`, this.#revival)
  }
}

function checkFinite(outputs: ForecasterOutputs): void {
  const name = OUTPUT_NAMES.find((output) => !outputs[output].every(Number.isFinite))
  if (name !== undefined) throw new TransientError(`output ${name} was not finite`)
}
