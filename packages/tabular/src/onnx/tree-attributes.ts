import { leafParts, type Tree } from '../learn/tree.ts'
import type { AttributeValue } from './write-model.ts'

/** The trees of a forest as the attributes of ONNX's TreeEnsembleRegressor: one target for each class. */
export function treeAttributes(trees: readonly Tree[], classCount: number): Record<string, AttributeValue> {
  const nodes = trees.flatMap((tree, treeId) =>
    Array.from(tree.feature, (feature, id) => ({ tree, treeId, feature, id })),
  )
  const leaves = nodes
    .filter(({ feature }) => feature < 0)
    .flatMap(({ tree, treeId, id }) =>
      Array.from({ length: classCount }, (_, c) => ({
        treeId,
        id,
        c,
        weight: tree.parts[id * classCount + c]! / leafParts,
      })),
    )
  return {
    aggregate_function: { string: 'SUM' },
    n_targets: { int: classCount },
    nodes_falsenodeids: { ints: nodes.map(({ tree, id }) => tree.right[id]!) },
    nodes_featureids: { ints: nodes.map(({ feature }) => Math.max(0, feature)) },
    nodes_modes: { strings: nodes.map(({ feature }) => (feature < 0 ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_nodeids: { ints: nodes.map(({ id }) => id) },
    nodes_treeids: { ints: nodes.map(({ treeId }) => treeId) },
    nodes_truenodeids: { ints: nodes.map(({ tree, id }) => tree.left[id]!) },
    nodes_values: { floats: nodes.map(({ tree, id }) => tree.threshold[id]!) },
    post_transform: { string: 'NONE' },
    target_ids: { ints: leaves.map(({ c }) => c) },
    target_nodeids: { ints: leaves.map(({ id }) => id) },
    target_treeids: { ints: leaves.map(({ treeId }) => treeId) },
    target_weights: { floats: leaves.map(({ weight }) => weight) },
  }
}
