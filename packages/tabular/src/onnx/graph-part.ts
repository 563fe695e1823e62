import type { LinearMap } from '../learn/linear-map.ts'
import { type ConstantSpec, elementTypes, type NodeSpec } from './write-model.ts'

/** A stretch of a graph: its operators and the tensors they read. */
export interface GraphPart {
  readonly nodes: readonly NodeSpec[]
  readonly constants: readonly ConstantSpec[]
}

/** A linear map from one tensor of 32-bit floats to another, worked out in 64 bits and rounded once, as the trainer does. */
export function linearMapPart(map: LinearMap, names: { input: string; output: string }): GraphPart {
  const { input, output } = names
  const [weights, bias] = [`${output}_weights`, `${output}_bias`]
  const cast = (to: 'float' | 'double') => ({ to: { int: elementTypes[to] } })
  return {
    nodes: [
      { opType: 'Cast', inputs: [input], outputs: [`${output}_input`], attributes: cast('double') },
      { opType: 'Gemm', inputs: [`${output}_input`, weights, bias], outputs: [`${output}_sums`] },
      { opType: 'Cast', inputs: [`${output}_sums`], outputs: [output], attributes: cast('float') },
    ],
    constants: [
      { name: weights, elementType: 'double', shape: [map.inputCount, map.outputCount], values: map.weights },
      { name: bias, elementType: 'double', values: map.bias },
    ],
  }
}
