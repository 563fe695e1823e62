import { didYouMean, type ModelVersion, PlatformError } from '@airlock-ml/contract'

type Judged = { model: Uint8Array; table: Uint8Array; evaluation: ModelVersion['evaluation'] }

/**
 * What a new version is to be judged on has to fit it: the table has the column of the labels and every feature of the
 * model, and the positive class is one that the model tells apart. Else it would be registered here, and refused where it
 * is scored again.
 * @throws PlatformError `model_invalid`, `evaluation_unfit`
 */
export async function demandEvaluable({ model, table, evaluation: { target, positive } }: Judged): Promise<void> {
  const { namesOfModel, OnnxError, parquetColumns } = await import('@airlock-ml/tabular')
  const columns = await parquetColumns(table).catch((cause: Error) => {
    throw unfit(`It cannot be read: ${cause.message}`, cause)
  })
  if (!columns.includes(target))
    throw unfit(
      `It has no column "${target}", which \`trains.evaluation.target\` names. ${didYouMean(target, columns)}`,
    )
  try {
    const { featureNames, classLabels } = namesOfModel(model)
    const absent = featureNames.filter((name) => !columns.includes(name))
    if (absent.length > 0) throw unfit(`It has no column ${absent.slice(0, 10).join(', ')}, which the model reads.`)
    if (classLabels.includes(positive)) return
    throw unfit(
      `The model has no class "${positive}", which \`trains.evaluation.positive\` names. ${didYouMean(positive, classLabels)}`,
    )
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error
    // A graph of another maker names neither features nor classes.
    if (error.code === 'onnx_contract') return
    throw new PlatformError('model_invalid', error.message, {}, { cause: error })
  }
}

const unfit = (why: string, cause?: Error): PlatformError =>
  new PlatformError(
    'evaluation_unfit',
    `The artifact \`evaluation\` of the version does not fit. ${why}`,
    {},
    { cause },
  )
