import { forgedOnnx } from './forged-onnx.ts'

const classes = ['malignant', 'benign']
const WIDTH = 1_024
const weights = { name: 'weights', dims: [WIDTH, WIDTH] }

/** Made for an evaluation table with these features. */
export const hostileModels = (features: string[]) => {
  const forged = (what: Omit<Parameters<typeof forgedOnnx>[0], 'features' | 'classes'>) =>
    forgedOnnx({ ...what, features, classes })
  const chain = (length: number) =>
    Array.from({ length }, (_, at) => ({ from: at === 0 ? 'h' : `h${at}`, to: `h${at + 1}` }))
  const wide = { op: 'MatMul', inputs: ['features', 'widen'], output: 'h' }
  const widen = { name: 'widen', dims: [features.length, WIDTH] }
  const narrow = (from: string) => ({ op: 'MatMul', inputs: [from, 'narrow'], output: 'narrowed' })
  const narrowing = { name: 'narrow', dims: [WIDTH, features.length] }
  return {
    harmless: forged({}),
    /** 4 MB that multiply for minutes: operators of the list alone. */
    slow: forged({
      nodes: [
        wide,
        ...chain(8_000).map(({ from, to }) => ({ op: 'MatMul', inputs: [from, 'weights'], output: to })),
        narrow('h8000'),
      ],
      constants: [widen, weights, narrowing],
    }),
    /** Each of 40 nodes puts its input twice: a trillion times the table. */
    swelling: forged({
      nodes: chain(40).map(({ from, to }) => {
        const input = from === 'h' ? 'features' : from
        return { op: 'Concat', inputs: [input, input], output: to, ints: { axis: 0 } }
      }),
    }),
    /** Says that it holds 4 TiB, and holds four bytes. */
    hugeTensor: forged({
      nodes: [{ op: 'Add', inputs: ['features', 'huge'], output: 'sum' }],
      constants: [{ name: 'huge', dims: [1_048_576, 1_048_576], raw: Buffer.alloc(4) }],
    }),
    externalData: forged({
      nodes: [{ op: 'Add', inputs: ['features', 'outside'], output: 'sum' }],
      constants: [{ name: 'outside', dims: [1], location: '/etc/passwd' }],
    }),
    foreignOperator: forged({
      nodes: [{ op: 'FusedMatMul', domain: 'com.microsoft', inputs: ['features', 'features'], output: 'x' }],
    }),
    endlessLoop: forged({ nodes: [{ op: 'Loop', inputs: ['features'], output: 'x' }] }),
  }
}
