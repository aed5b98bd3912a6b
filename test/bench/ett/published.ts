/** Error of a model on a data set, multivariate, series scaled by their training part. */
export interface PublishedError {
  readonly mse: number
  readonly mae: number
}

export const HORIZONS = [96, 192, 336, 720] as const

/** Mean squared and mean absolute error at each of `HORIZONS`. */
type Row = readonly (readonly [mse: number, mae: number])[]

/**
 * Look-back 336. NLinear, DLinear, Repeat: Zeng et al. 2023, table 2 (repository LTSF-Linear; its `LTSF-Benchmark.md` has the rows of
 * NLinear and DLinear exchanged). Patch Transformer: PatchTST/42 of Nie et al. 2023, table 3.
 */
const TABLES: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  ETTh1: {
    nlinear: [
      [0.374, 0.394],
      [0.408, 0.415],
      [0.429, 0.427],
      [0.44, 0.453],
    ],
    dlinear: [
      [0.375, 0.399],
      [0.405, 0.416],
      [0.439, 0.443],
      [0.472, 0.49],
    ],
    'patch-transformer': [
      [0.375, 0.399],
      [0.414, 0.421],
      [0.431, 0.436],
      [0.449, 0.466],
    ],
  },
  ETTh2: {
    nlinear: [
      [0.277, 0.338],
      [0.344, 0.381],
      [0.357, 0.4],
      [0.394, 0.436],
    ],
    dlinear: [
      [0.289, 0.353],
      [0.383, 0.418],
      [0.448, 0.465],
      [0.605, 0.551],
    ],
    'patch-transformer': [
      [0.274, 0.336],
      [0.339, 0.379],
      [0.331, 0.38],
      [0.379, 0.422],
    ],
  },
  ETTm1: {
    nlinear: [
      [0.306, 0.348],
      [0.349, 0.375],
      [0.375, 0.388],
      [0.433, 0.422],
    ],
    dlinear: [
      [0.299, 0.343],
      [0.335, 0.365],
      [0.369, 0.386],
      [0.425, 0.421],
    ],
    'patch-transformer': [
      [0.29, 0.342],
      [0.332, 0.369],
      [0.366, 0.392],
      [0.42, 0.424],
    ],
  },
  ETTm2: {
    nlinear: [
      [0.167, 0.255],
      [0.221, 0.293],
      [0.274, 0.327],
      [0.368, 0.384],
    ],
    dlinear: [
      [0.167, 0.26],
      [0.224, 0.303],
      [0.281, 0.342],
      [0.397, 0.421],
    ],
    'patch-transformer': [
      [0.165, 0.255],
      [0.22, 0.292],
      [0.278, 0.329],
      [0.367, 0.385],
    ],
  },
  exchange_rate: {
    repeat: [
      [0.081, 0.196],
      [0.167, 0.289],
      [0.305, 0.396],
      [0.823, 0.681],
    ],
    nlinear: [
      [0.089, 0.208],
      [0.18, 0.3],
      [0.331, 0.415],
      [1.033, 0.78],
    ],
    dlinear: [
      [0.081, 0.203],
      [0.157, 0.293],
      [0.305, 0.414],
      [0.643, 0.601],
    ],
  },
}

/** The optimum of a model in closed form stands beside what the model reached by gradients. */
const SAME_AS: Readonly<Record<string, string>> = { ols: 'nlinear', 'ols-raw': 'dlinear' }

/** Undefined where nothing is published for that model, data set and horizon. `dataSet`: the file's name without its endings. */
export function publishedError(dataSet: string, model: string, horizon: number): PublishedError | undefined {
  const found = TABLES[dataSet]?.[SAME_AS[model] ?? model]?.[HORIZONS.findIndex((each) => each === horizon)]
  return found && { mse: found[0], mae: found[1] }
}
