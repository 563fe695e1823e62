import type { TreeShape } from '../learn/tree.ts'
import type { AttributeValue } from './write-model.ts'

/** What the leaves of an ensemble answer. */
export interface LeafWeights<T extends TreeShape> {
  /** How many sums the ensemble gives for a row. */
  readonly targetCount: number
  /** What this leaf adds to one of them; `undefined` for nothing. */
  readonly weightOf: (tree: T, leaf: number, target: number) => number | undefined
  /** What each sum starts from; 0 by default. */
  readonly base?: readonly number[]
}

/** Trees as the attributes of ONNX's TreeEnsembleRegressor, which sums what their leaves answer. */
export function treeAttributes<T extends TreeShape>(
  trees: readonly T[],
  { targetCount, weightOf, base }: LeafWeights<T>,
): Record<string, AttributeValue> {
  const nodes = trees.flatMap((tree, treeId) =>
    Array.from(tree.feature, (feature, id) => ({ tree, treeId, feature, id })),
  )
  const leaves = nodes
    .filter(({ feature }) => feature < 0)
    .flatMap(({ tree, treeId, id }) =>
      Array.from({ length: targetCount }, (_, target) => ({ treeId, id, target, weight: weightOf(tree, id, target) })),
    )
    .filter((leaf): leaf is typeof leaf & { weight: number } => leaf.weight !== undefined)
  return {
    aggregate_function: { string: 'SUM' },
    ...(base && { base_values: { floats: base } }),
    n_targets: { int: targetCount },
    nodes_falsenodeids: { ints: nodes.map(({ tree, id }) => tree.right[id]!) },
    nodes_featureids: { ints: nodes.map(({ feature }) => Math.max(0, feature)) },
    nodes_modes: { strings: nodes.map(({ feature }) => (feature < 0 ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_nodeids: { ints: nodes.map(({ id }) => id) },
    nodes_treeids: { ints: nodes.map(({ treeId }) => treeId) },
    nodes_truenodeids: { ints: nodes.map(({ tree, id }) => tree.left[id]!) },
    nodes_values: { floats: nodes.map(({ tree, id }) => tree.threshold[id]!) },
    post_transform: { string: 'NONE' },
    target_ids: { ints: leaves.map(({ target }) => target) },
    target_nodeids: { ints: leaves.map(({ id }) => id) },
    target_treeids: { ints: leaves.map(({ treeId }) => treeId) },
    target_weights: { floats: leaves.map(({ weight }) => weight) },
  }
}
