import type { RandomForest } from '../learn/random-forest.ts'
import type { StandardScaler } from '../learn/standard-scaler.ts'
import { modelContract } from './model-contract.ts'
import { OnnxError } from './onnx-error.ts'
import { treeAttributes } from './tree-attributes.ts'
import { type NodeSpec, writeModel } from './write-model.ts'

/** What goes into one graph. */
export interface ExportOnnxOptions {
  readonly scaler: StandardScaler
  /** A forest trained on the output of `scaler`. */
  readonly forest: RandomForest
  /** The features in the order the scaler was fitted on. */
  readonly featureNames: readonly string[]
  /** The name of each class, in the order of the class numbers the forest was trained on. */
  readonly classLabels: readonly string[]
}

/**
 * Writes scaler and forest as one ONNX graph, from raw features to answer, in deterministic bytes.
 *
 * Input `features` float `[N, F]`; outputs `label` string `[N]` and `probabilities` float `[N, C]`, both equal bit for
 * bit to what `forest.predictProbabilities(scaler.transform(…))` says. ONNX IR 8, opset 15, ai.onnx.ml 3. The metadata
 * `airlock.feature_names` and `airlock.class_labels` are JSON arrays in order.
 *
 * Throws `OnnxError` `onnx_mismatch` when scaler, forest and names do not belong together.
 */
export function exportOnnx(options: ExportOnnxOptions): Uint8Array {
  checkFit(options)
  const { forest, featureNames, classLabels } = options
  const { input, label, probabilities } = modelContract
  return writeModel({
    irVersion: 8,
    producer: 'airlock',
    opsets: [
      { domain: '', version: 15 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graphName: 'scaler_random_forest',
    nodes: nodesOf(options),
    constants: [{ name: 'tree_count', values: [forest.trees.length] }],
    inputs: [{ name: input, elementType: 'float', shape: ['N', featureNames.length] }],
    outputs: [
      { name: label, elementType: 'string', shape: ['N'] },
      { name: probabilities, elementType: 'float', shape: ['N', classLabels.length] },
    ],
    metadata: [
      { key: modelContract.featureNamesKey, value: JSON.stringify(featureNames) },
      { key: modelContract.classLabelsKey, value: JSON.stringify(classLabels) },
    ],
  })
}

function nodesOf({ scaler, forest, classLabels }: ExportOnnxOptions): NodeSpec[] {
  const { input, label, probabilities } = modelContract
  const ml = 'ai.onnx.ml'
  return [
    {
      domain: ml,
      opType: 'Scaler',
      inputs: [input],
      outputs: ['scaled'],
      attributes: { offset: { floats: scaler.mean }, scale: { floats: scaler.scale } },
    },
    {
      // Not TreeEnsembleClassifier: onnxruntime 1.30 gives wrong labels with it.
      domain: ml,
      opType: 'TreeEnsembleRegressor',
      inputs: ['scaled'],
      outputs: ['votes'],
      attributes: treeAttributes(forest.trees, forest.classCount),
    },
    { opType: 'Div', inputs: ['votes', 'tree_count'], outputs: [probabilities] },
    {
      opType: 'ArgMax',
      inputs: [probabilities],
      outputs: ['class_index'],
      attributes: { axis: { int: 1 }, keepdims: { int: 0 }, select_last_index: { int: 0 } },
    },
    {
      domain: ml,
      opType: 'LabelEncoder',
      inputs: ['class_index'],
      outputs: [label],
      attributes: { keys_int64s: { ints: [...classLabels.keys()] }, values_strings: { strings: classLabels } },
    },
  ]
}

function checkFit({ scaler, forest, featureNames, classLabels }: ExportOnnxOptions): void {
  if (new Set(classLabels).size !== classLabels.length || classLabels.length !== forest.classCount) {
    const message = `The forest has ${forest.classCount} classes; the labels are ${classLabels.join(', ')}. Name each class once.`
    throw new OnnxError('onnx_mismatch', message)
  }
  const fits =
    scaler.featureNames.length === forest.featureCount && scaler.featureNames.join('\0') === featureNames.join('\0')
  if (fits) return
  const message =
    `The scaler was fitted on ${scaler.featureNames.join(', ')}; the forest has ${forest.featureCount} features and the ` +
    `names are ${featureNames.join(', ')}. Export what was trained together, with its features in their order.`
  throw new OnnxError('onnx_mismatch', message)
}
