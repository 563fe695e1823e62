import { countKnownRows } from '../hold-out/row-keys.ts'
import { unknownLabel } from '../metrics/confusion-matrix.ts'
import { labelIndexes } from '../metrics/label-indexes.ts'
import { loadOnnx } from '../onnx/load-onnx.ts'
import type { OnnxModel } from '../onnx/onnx-model.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { compareWith } from './compare-with.ts'
import type { PairedComparison, Side } from './comparison.ts'
import type { ComparisonDefinition } from './definition.ts'

/** One of the two versions that are compared. */
export interface Contender {
  /** The ONNX graph. */
  readonly model: Uint8Array
  /** Keys of the rows it was trained on, as `rowKeys` gives them for its features. */
  readonly trainedOn: Table
}

/** Which versions to compare, and on which rows. */
export interface CompareModelsOptions {
  readonly definition: ComparisonDefinition
  readonly champion: Contender
  readonly challenger: Contender
  /** Rows that neither was trained on, with the true labels. */
  readonly holdOut: Table
  readonly target: string
}

/**
 * Scores two models on held-out rows and compares them, as `compareWith` does.
 *
 * Throws `TableError` `comparison_refused`, in words: for one model given twice, models of different columns or classes,
 * rows that either was trained on, and slices by columns that are not there; else as `OnnxModel.predictTable`,
 * `labelIndexes` and `compareWith` do.
 * `OnnxError` for a model that cannot be loaded.
 */
export async function compareModels(options: CompareModelsOptions): Promise<PairedComparison> {
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
  { definition, holdOut, target, ...contenders }: CompareModelsOptions,
): Promise<PairedComparison> {
  const { featureNames, classLabels } = models.champion
  const { positive } = definition
  demandSame('columns', featureNames, models.challenger.featureNames)
  demandSame('classes', [...classLabels].sort(), [...models.challenger.classLabels].sort())
  if (!classLabels.includes(positive)) throw unknownLabel(positive, classLabels)
  for (const who of ['champion', 'challenger'] as const) {
    const known = countKnownRows(holdOut, featureNames, contenders[who].trainedOn)
    if (known === 0) continue
    const message = `The ${who} was trained on ${known} of the ${holdOut.rowCount} rows to compare on, so its numbers would flatter it. Train both versions with one hold-out seed.`
    throw refused(message)
  }
  for (const { name, feature } of definition.slices) {
    if (featureNames.includes(feature)) continue
    throw refused(`The slice ${name} is told by ${feature}, which is no feature of these models.`)
  }
  const actual = Array.from(labelIndexes(holdOut, { target, classLabels }), (index) => classLabels[index]!)
  const side = async (model: OnnxModel): Promise<Side> => {
    const { labels, probabilities } = await model.predictTable(holdOut)
    const [width, at] = [model.classLabels.length, model.classLabels.indexOf(positive)]
    return { labels, scores: Float64Array.from(labels, (_, row) => probabilities[row * width + at]!) }
  }
  return compareWith(definition, {
    actual,
    champion: await side(models.champion),
    challenger: await side(models.challenger),
    feature: (name) => Float64Array.from(holdOut.column(name).values, Number),
  })
}

function demandSame(what: string, champion: readonly string[], challenger: readonly string[]): void {
  if (champion.length === challenger.length && champion.every((name, i) => name === challenger[i])) return
  const only = (a: readonly string[], b: readonly string[]) =>
    a.filter((name) => !b.includes(name)).join(', ') || 'none'
  const message = `Champion and challenger have different ${what}: only the champion has ${only(champion, challenger)}; only the challenger has ${only(challenger, champion)}. Compare versions that are trained alike.`
  throw refused(message)
}

const refused = (message: string) => new TableError('comparison_refused', message)
