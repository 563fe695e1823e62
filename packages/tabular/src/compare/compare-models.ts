import { countKnownRows } from '../hold-out/row-keys.ts'
import { unknownLabel } from '../metrics/confusion-matrix.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { loadOnnx } from '../onnx/load-onnx.ts'
import type { OnnxModel } from '../onnx/onnx-model.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { comparePredictions } from './compare-predictions.ts'
import type { CompareOptions, Comparison } from './comparison.ts'

/** One of the two versions that are compared. */
export interface Contender {
  /** The ONNX graph. */
  readonly model: Uint8Array
  /** Keys of the rows it was trained on, as `rowKeys` gives them for its features. */
  readonly trainedOn: Table
}

/** Which versions to compare, and on which rows. */
export interface CompareModelsOptions extends CompareOptions {
  readonly champion: Contender
  readonly challenger: Contender
  /** Rows that neither was trained on, with the true labels. */
  readonly holdOut: Table
  readonly target: string
  readonly positive: string
}

/**
 * Scores two models on held-out rows and compares them, as `comparePredictions` does.
 *
 * Throws `TableError` `comparison_refused`, in words: for one model given twice, models of different columns or classes,
 * and rows that either was trained on; else as `OnnxModel.predictTable`, `labelIndexes` and `comparePredictions` do.
 * `OnnxError` for a model that cannot be loaded.
 */
export async function compareModels(options: CompareModelsOptions): Promise<Comparison> {
  const { champion, challenger } = options
  if (Buffer.compare(champion.model, challenger.model) === 0)
    throw refused('Champion and challenger are the same model, byte for byte. Name two different versions.')
  await using first = closing(await loadOnnx(champion.model))
  await using second = closing(await loadOnnx(challenger.model))
  return await compareLoaded({ champion: first.model, challenger: second.model }, options)
}

const closing = (model: OnnxModel) => ({ model, [Symbol.asyncDispose]: () => model.close() })

async function compareLoaded(
  models: Record<'champion' | 'challenger', OnnxModel>,
  { holdOut, target, positive, ...options }: CompareModelsOptions,
): Promise<Comparison> {
  const { featureNames, classLabels } = models.champion
  demandSame('columns', featureNames, models.challenger.featureNames)
  demandSame('classes', [...classLabels].sort(), [...models.challenger.classLabels].sort())
  if (!classLabels.includes(positive)) throw unknownLabel(positive, classLabels)
  for (const who of ['champion', 'challenger'] as const) {
    const known = countKnownRows(holdOut, featureNames, options[who].trainedOn)
    if (known === 0) continue
    const message = `The ${who} was trained on ${known} of the ${holdOut.rowCount} rows to compare on, so its numbers would flatter it. Train both versions with one hold-out seed.`
    throw refused(message)
  }
  const actual = Array.from(labelIndexes(holdOut, { target, classLabels }), (index) => classLabels[index]!)
  const side = async (model: OnnxModel) => {
    const { labels, probabilities } = await model.predictTable(holdOut)
    const [width, at] = [model.classLabels.length, model.classLabels.indexOf(positive)]
    return { labels, scores: Float64Array.from(labels, (_, row) => probabilities[row * width + at]!) }
  }
  const rows = { actual, champion: await side(models.champion), challenger: await side(models.challenger), positive }
  return comparePredictions(rows, options)
}

function demandSame(what: string, champion: readonly string[], challenger: readonly string[]): void {
  if (champion.length === challenger.length && champion.every((name, i) => name === challenger[i])) return
  const only = (a: readonly string[], b: readonly string[]) =>
    a.filter((name) => !b.includes(name)).join(', ') || 'none'
  const message = `Champion and challenger have different ${what}: only the champion has ${only(champion, challenger)}; only the challenger has ${only(challenger, champion)}. Compare versions that are trained alike.`
  throw refused(message)
}

const refused = (message: string) => new TableError('comparison_refused', message)
