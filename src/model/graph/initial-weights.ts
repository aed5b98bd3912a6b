/** How a parameter begins. */
export type InitialWeights =
  | { readonly kind: 'constant'; readonly value: number }
  /** Uniform within ± `limit`. */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly deviation: number }

export const constantWeights = (value: number): InitialWeights => ({ kind: 'constant', value })

/** Uniform within ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16). */
export const glorot = (fanIn: number, fanOut: number): InitialWeights => ({
  kind: 'uniform',
  limit: Math.sqrt(6 / (fanIn + fanOut)),
})

/** Uniform within ±1/√fanIn: PyTorch's default of linear and recurrent layers. */
export const uniformByFanIn = (fanIn: number): InitialWeights => ({ kind: 'uniform', limit: 1 / Math.sqrt(fanIn) })
