import type { PrincipalComponents } from '../learn/principal-components.ts'
import type { StandardScaler } from '../learn/standard-scaler.ts'
import { classifierPart, type ExportableClassifier } from './classifier-part.ts'
import { linearMapPart } from './graph-part.ts'
import { modelContract } from './model-contract.ts'
import { OnnxError } from './onnx-error.ts'
import { type NodeSpec, writeModel } from './write-model.ts'

/** What goes into one graph. */
export interface ExportOnnxOptions {
  readonly scaler: StandardScaler
  /** Principal components fitted on the output of `scaler`; none by default. */
  readonly pca?: PrincipalComponents
  /** A classifier trained on the output of `pca`, or of `scaler` where there is none. */
  readonly classifier: ExportableClassifier
  /** The features in the order the scaler was fitted on. */
  readonly featureNames: readonly string[]
  /** The name of each class, in the order of the class numbers the classifier was trained on. */
  readonly classLabels: readonly string[]
}

/**
 * Writes scaler, principal components and classifier as one ONNX graph, from raw features to answer, in deterministic
 * bytes.
 *
 * Input `features` float `[N, F]`; outputs `label` string `[N]` and `probabilities` float `[N, C]`. A forest on scaled
 * features answers bit for bit as the trainer does; the other classifiers give the trainer's labels, and probabilities
 * within 1e-6 of the trainer's. Linear maps (principal components, logistic regression) are worked out in 64 bits and
 * rounded to 32: two ways of summing could only differ where a sum lies at a rounding's edge to one part in 10^8.
 * ONNX IR 8, opset 15, ai.onnx.ml 3. The metadata `airlock.feature_names` and `airlock.class_labels` are JSON arrays in
 * order.
 *
 * Throws `OnnxError` `onnx_mismatch` when the parts and the names do not belong together.
 */
export function exportOnnx(options: ExportOnnxOptions): Uint8Array {
  checkFit(options)
  const { scaler, pca, classifier, featureNames, classLabels } = options
  const { input, label, probabilities } = modelContract
  const projection = pca && linearMapPart(pca.map, { input: 'scaled', output: 'projected' })
  const answer = classifierPart(classifier, { input: pca ? 'projected' : 'scaled', probabilities })
  return writeModel({
    irVersion: 8,
    producer: 'airlock',
    opsets: [
      { domain: '', version: 15 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graphName: ['scaler', ...(pca ? ['pca'] : []), answer.kind].join('_'),
    nodes: [
      scalerNode(scaler),
      ...(projection?.nodes ?? []),
      ...answer.nodes,
      ...labelNodes({ scores: answer.scores, classLabels }),
    ],
    constants: [...(projection?.constants ?? []), ...answer.constants],
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

function scalerNode({ mean, scale }: StandardScaler): NodeSpec {
  return {
    domain: 'ai.onnx.ml',
    opType: 'Scaler',
    inputs: [modelContract.input],
    outputs: ['scaled'],
    attributes: { offset: { floats: mean }, scale: { floats: scale } },
  }
}

function labelNodes({ scores, classLabels }: { scores: string; classLabels: readonly string[] }): NodeSpec[] {
  return [
    {
      opType: 'ArgMax',
      inputs: [scores],
      outputs: ['class_index'],
      attributes: { axis: { int: 1 }, keepdims: { int: 0 }, select_last_index: { int: 0 } },
    },
    {
      domain: 'ai.onnx.ml',
      opType: 'LabelEncoder',
      inputs: ['class_index'],
      outputs: [modelContract.label],
      attributes: { keys_int64s: { ints: [...classLabels.keys()] }, values_strings: { strings: classLabels } },
    },
  ]
}

function checkFit({ scaler, pca, classifier, featureNames, classLabels }: ExportOnnxOptions): void {
  if (new Set(classLabels).size !== classLabels.length || classLabels.length !== classifier.classCount) {
    const message = `The classifier has ${classifier.classCount} classes; the labels are ${classLabels.join(', ')}. Name each class once.`
    throw new OnnxError('onnx_mismatch', message)
  }
  const namesOf = (names: readonly string[]) => names.join('\0')
  const isScaled = namesOf(scaler.featureNames) === namesOf(featureNames)
  const isProjected = !pca || namesOf(pca.featureNames) === namesOf(featureNames)
  const width = pca ? pca.components.length : featureNames.length
  if (isScaled && isProjected && width === classifier.featureCount) return
  const fitted = pca ? `; the components on ${pca.featureNames.join(', ')}, ${width} of them` : ''
  const message =
    `The scaler was fitted on ${scaler.featureNames.join(', ')}${fitted}; the classifier has ${classifier.featureCount} ` +
    `features and the names are ${featureNames.join(', ')}. Export what was trained together, with its features in their order.`
  throw new OnnxError('onnx_mismatch', message)
}
