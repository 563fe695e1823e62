import { GradientBoosting } from '../learn/gradient-boosting.ts'
import type { LogisticRegression } from '../learn/logistic-regression.ts'
import { RandomForest } from '../learn/random-forest.ts'
import { leafParts, type TreeShape } from '../learn/tree.ts'
import { type GraphPart, linearMapPart } from './graph-part.ts'
import { type LeafWeights, treeAttributes } from './tree-attributes.ts'
import type { NodeSpec } from './write-model.ts'

/** The classifiers that have a graph. */
export type ExportableClassifier = RandomForest | GradientBoosting | LogisticRegression

/** The operators of a classifier, and the tensor whose highest value in a row names the class. */
export interface ClassifierPart extends GraphPart {
  readonly kind: string
  readonly scores: string
}

/** A classifier as a stretch of a graph, from features to probabilities. */
export function classifierPart(
  classifier: ExportableClassifier,
  names: { input: string; probabilities: string },
): ClassifierPart {
  const { input, probabilities } = names
  if (classifier instanceof RandomForest) {
    return {
      kind: 'random_forest',
      nodes: [
        treeNode(classifier.trees, {
          input,
          output: 'votes',
          targetCount: classifier.classCount,
          // Most leaves know one class only: shares of 0 are left out.
          weightOf: (tree, leaf, c) => tree.parts[leaf * classifier.classCount + c]! / leafParts || undefined,
        }),
        { opType: 'Div', inputs: ['votes', 'tree_count'], outputs: [probabilities] },
      ],
      constants: [{ name: 'tree_count', values: [classifier.trees.length] }],
      scores: probabilities,
    }
  }
  // The class is read from the logits, which are the trainer's own: the exponentials of two programs may round apart.
  const softmax: NodeSpec = {
    opType: 'Softmax',
    inputs: ['logits'],
    outputs: [probabilities],
    attributes: { axis: { int: 1 } },
  }
  if (classifier instanceof GradientBoosting) {
    const trees = treeNode(classifier.trees, {
      input,
      output: 'logits',
      targetCount: classifier.classCount,
      weightOf: (tree, leaf, c) => (c === tree.target ? tree.values[leaf]! : undefined),
      base: classifier.base,
    })
    return { kind: 'gradient_boosting', nodes: [trees, softmax], constants: [], scores: 'logits' }
  }
  const map = linearMapPart(classifier.map, { input, output: 'logits' })
  return {
    kind: 'logistic_regression',
    nodes: [...map.nodes, softmax],
    constants: map.constants,
    scores: 'logits',
  }
}

function treeNode<T extends TreeShape>(
  trees: readonly T[],
  { input, output, ...leaves }: LeafWeights<T> & { input: string; output: string },
): NodeSpec {
  // Not TreeEnsembleClassifier: onnxruntime 1.30 gives wrong labels with it.
  const opType = 'TreeEnsembleRegressor'
  return { domain: 'ai.onnx.ml', opType, inputs: [input], outputs: [output], attributes: treeAttributes(trees, leaves) }
}
