import type { BatchManifest, JudgedDrift } from '@airlock-ml/contract'
import type { DriftSummary, ReferenceProfile } from '@airlock-ml/tabular'
import type { BatchDrift } from './batch-drift.ts'

/** What to score, with which version, and where to. */
export interface ScoreFileOptions {
  /** The bytes of the ONNX model. */
  readonly model: Uint8Array
  /** A `.parquet` or `.csv` file. */
  readonly input: string
  /** A folder; made where it is not there. */
  readonly output: string
  /** What relative paths start from. The manifest keeps them as they were given. Default: the working directory. */
  readonly root?: string
  /** A column of the input that says which row is which; it becomes the column `key`, as text. */
  readonly key?: string | undefined
  /** The most rows that may be refused. Default 0. */
  readonly maxRejects?: number
  /** Removes what is in the output where it is not the beginning of this. Default: refuse it. */
  readonly replace?: boolean
  /** Rows of a part, which is what is done again after a kill. Default 100,000. An output that was begun keeps its own. */
  readonly partRows?: number
  /** Default: as many as there are processors, at most 4. Each takes about 250 MB. */
  readonly threads?: number
  /** Columns that repeat the probability of a class: `{ risk: 'malignant' }`. */
  readonly copies?: Readonly<Record<string, string>>
  /** What the version met at training: the rows are held against it. Default: they are not. */
  readonly profile?: ReferenceProfile | null
  /**
   * Says what differences are too much; in a step `context.reportDrift`, which has the workspace judge them, and calls the
   * drift hooks of a breach. Default: judged by the defaults of a deployment, and nobody is told.
   */
  readonly reportDrift?: (drift: { readonly batchId: string; readonly summary: DriftSummary }) => Promise<JudgedDrift>
  /** The run that scores, and the version it is pinned to. */
  readonly run: { readonly id: string; readonly model: { name: string; number: number; digest: string } | null }
  readonly log: (line: string) => void
  readonly signal: AbortSignal
  readonly now: () => Date
}

/** What was done, and how long it took in this run. */
export interface ScoredFile {
  readonly manifest: BatchManifest
  /** How the rows differ from the profile, those of earlier runs too; null where none was given. */
  readonly drift: BatchDrift | null
  /** Rows that this run went through; fewer than the manifest's where an earlier run had done some. */
  readonly rowsNow: number
  readonly seconds: number
}
