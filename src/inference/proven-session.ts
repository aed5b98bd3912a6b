import { InputError, messageOf } from '../core/errors.ts'
import type { ModelBundle } from '../model/bundle/bundle.ts'
import { checkGolden } from './check-golden.ts'
import type { ModelRuntime, ModelSession } from './model-runtime.port.ts'
import { type TimeLimit, within } from './within.ts'

/** Enough for the runtime's lazy allocations and the JIT of our own code. */
const WARM_UP_RUNS = 20
/** Of a large batch: a device prepares itself anew for each shape. */
const WARM_UP_BATCH_RUNS = 3
/** A GPU compiles its kernels while it loads. Milliseconds. */
const LOAD_MS_MAX = 120_000

export interface ProvingOptions {
  readonly scheduler?: TimeLimit['scheduler'] | undefined
  /** Windows that will come together: it is warmed up for so many, and for one. */
  readonly batch?: number | undefined
}

/** Loads `bundle` on `provider`, proves its golden vectors and warms it up. Throws `InputError` when it must not be used there. */
export async function loadProven(
  bundle: ModelBundle,
  runtime: ModelRuntime,
  provider: string,
  { scheduler, batch = 1 }: ProvingOptions = {},
): Promise<ModelSession> {
  const { steps, features } = bundle.manifest
  const limit = scheduler && { ms: LOAD_MS_MAX, scheduler }
  const loading = runtime.load(bundle.graph, { steps, features: features.names.length }, provider)
  const session = await abandonable(loading, within(limit, `loading ${bundle.modelId} on ${provider}`, loading))
  try {
    await within(limit, 'the golden run', checkGolden(bundle, session))
    await within(limit, 'the warm-up', warmUp(bundle, session, batch))
    return session
  } catch (error) {
    await session.release()
    if (error instanceof InputError) throw error
    const where = `${bundle.modelId} on ${provider}`
    throw new InputError(`${where}: the golden run failed: ${messageOf(error)}`, { provider }, error)
  }
}

/** A session that comes when nobody waits any more is released. */
async function abandonable(loading: Promise<ModelSession>, bounded: Promise<ModelSession>): Promise<ModelSession> {
  try {
    return await bounded
  } catch (error) {
    loading.then(
      (late) => late.release(),
      () => undefined,
    )
    throw error
  }
}

async function warmUp({ manifest }: ModelBundle, session: ModelSession, batch: number): Promise<void> {
  const [row = []] = manifest.golden.inputs
  const one = Float32Array.from(row)
  for (let run = 0; run < WARM_UP_RUNS; run += 1) await session.run(one, 1)
  if (batch === 1) return
  const many = new Float32Array(batch * row.length)
  for (let at = 0; at < batch; at += 1) many.set(one, at * row.length)
  for (let run = 0; run < WARM_UP_BATCH_RUNS; run += 1) await session.run(many, batch)
}
