export type { BatchManifest, BatchPart } from '@airlock-ml/contract'
export { type ScoredFile, type ScoreFileOptions, scoreFile } from './score-file.ts'
