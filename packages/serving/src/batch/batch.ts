export { type ScoredFile, type ScoreFileOptions, scoreFile } from './score-file.ts'
