import { z } from 'zod'
import { Id, Sha256 } from './names.ts'

/** A manifest of thousands of parts still has to be read whole. */
const MOST_NUMBERS = 100

/** Rows of a batch that were refused. */
export const BatchRejects = z
  .object({
    file: z.string().describe('Beside the part: a JSON object a line, with `row`, `key`, `column` and `reason`.'),
    rows: z.int().positive(),
    digest: Sha256,
    numbers: z
      .array(z.int().positive())
      .max(MOST_NUMBERS)
      .nullable()
      .default(null)
      .describe(
        'Their numbers in the input, so that a trace knows that they have no prediction; null where they are more than 100.',
      ),
    packed: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'The same of more: base64 of raw-deflated bits, one for each row of the part, the lowest of a byte first, set for one that was refused.',
      ),
  })
  .refine(({ numbers, packed }) => (numbers === null) !== (packed === null), 'must say which rows were refused')
  .meta({ id: 'BatchRejects' })
export type BatchRejects = z.infer<typeof BatchRejects>

/** Which rows of a part were refused, in the shorter way; `pack` gives them as text. */
export const refusedRows = (
  rows: readonly number[],
  pack: (rows: readonly number[]) => string,
): Pick<BatchRejects, 'numbers' | 'packed'> =>
  rows.length > MOST_NUMBERS ? { numbers: null, packed: pack(rows) } : { numbers: [...rows], packed: null }

const LabelCounts = z.record(z.string(), z.int().nonnegative()).describe('How many rows have each label.')

/** A range of the rows of a batch, and the file that holds the predictions for them. */
export const BatchPart = z
  .object({
    file: z.string().describe('In the folder of the output.'),
    digest: Sha256,
    sizeBytes: z.int().nonnegative(),
    firstRow: z.int().positive().describe('Number of its first row in the input, counted from 1.'),
    rows: z.int().positive().describe('Rows of the input that it stands for.'),
    scored: z.int().nonnegative().describe('Rows of the file: those that were not refused.'),
    labels: LabelCounts,
    rejects: BatchRejects.nullable(),
    runId: Id.describe('Run that scored it. The predictions in it are called `RUNID.ROW`.'),
  })
  .meta({ id: 'BatchPart' })
export type BatchPart = z.infer<typeof BatchPart>

/**
 * What a batch of predictions is: which rows were scored with which version, and where the predictions are. Written when
 * every part is there, so that a folder without it is not done.
 */
export const BatchManifest = z
  .object({
    format: z.literal('airlock-batch-1'),
    runIds: z.array(Id).describe('The runs that scored parts, the first one first; one, unless one was stopped.'),
    input: z.object({
      path: z.string(),
      digest: Sha256,
      sizeBytes: z.int().nonnegative(),
      rows: z.int().positive(),
      unusedColumns: z.array(z.string()).describe('Columns that are neither a feature of the model nor the key.'),
    }),
    key: z.string().nullable().describe('Column of the input whose cells are the column `key` of the output.'),
    model: z.object({ name: z.string(), number: z.int().positive(), digest: Sha256 }),
    classLabels: z.array(z.string()),
    rows: z.int().positive(),
    scored: z.int().nonnegative(),
    rejected: z.int().nonnegative(),
    labels: LabelCounts,
    parts: z.array(BatchPart).min(1),
  })
  .meta({ id: 'BatchManifest', description: 'What a batch of predictions is made of.' })
export type BatchManifest = z.infer<typeof BatchManifest>
