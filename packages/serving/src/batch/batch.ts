export type { BatchManifest, BatchPart } from '@airlock-ml/contract'
export type { BatchDrift } from './batch-drift.ts'
export { scoreFile } from './score-file.ts'
export type { ScoredFile, ScoreFileOptions } from './score-file-options.ts'
