import { setCurrent, writeBundle } from '../../../src/adapters/bundle/write-bundle.ts'
import type { FeatureSchema } from '../../../src/features/feature-schema.ts'
import { packBundle } from '../../../src/model/bundle/bundle.ts'
import { ridgeForecasterGraph } from '../../../src/model/ridge-forecaster.ts'
import { sampleDraft, sampleModel } from '../../model/sample-model.ts'

interface FamilyMember {
  readonly version: string
  /** Of its weights. */
  readonly seed: number
  /** Bars that it looks back on; 4 when left out. */
  readonly steps?: number
  readonly schemaHash?: string
  readonly expiresAt?: string
  /** Of its bars; 1,000 when left out. */
  readonly barMs?: number
}

/** Writes models of random weights for `schema` into `folder`; the first is the current one. */
export async function ridgeFamily(
  folder: string,
  schema: Pick<FeatureSchema, 'names' | 'hash'>,
  members: readonly FamilyMember[],
): Promise<void> {
  for (const { version, seed, steps = 4, schemaHash = schema.hash, expiresAt, barMs = 1_000 } of members) {
    const model = sampleModel(seed, steps, schema.names.length)
    const draft = {
      ...sampleDraft(model),
      ...{ version, barMs, features: { names: [...schema.names], schemaHash } },
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }
    await writeBundle(folder, version, packBundle(draft, ridgeForecasterGraph(model)))
  }
  if (members[0]) await setCurrent(folder, members[0].version)
}
