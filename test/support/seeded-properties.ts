import fc from 'fast-check'

const DEFAULT_SEED = 20_261_122

// Every run of the suite is the same. TICKWRIGHT_TEST_SEED=$RANDOM npm test looks elsewhere.
fc.configureGlobal({ seed: Number(process.env['TICKWRIGHT_TEST_SEED'] ?? DEFAULT_SEED) })
