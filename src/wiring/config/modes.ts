import type { Mode } from './schema.ts'

/** Modes that keep a state file. Apart from the schema, so that help texts need not load it. */
export const MODES = ['demo', 'paper', 'signal', 'live', 'replay'] as const satisfies readonly Mode[]
