// A service whose shadow hangs; it says the process of the shadow, and waits to be killed.

import { startShadowProcess } from '../src/live/shadow-process.ts'
import { riskModel, riskVersion, servedCode } from './served-risk.ts'

if (import.meta.main) {
  const onnx = riskModel()
  const shadow = startShadowProcess(
    { code: await servedCode(process.argv[2]!), version: riskVersion(92, onnx), artifacts: { model: onnx } },
    { loadMs: 60_000, answerMs: 60_000, memoryBytes: 1024 ** 3 },
    {
      onReady: () => {
        shadow.ask({ features: Float32Array.of(1, 0), rows: 1, featureNames: ['a', 'b'] })
        process.send?.({ pid: shadow.pid })
      },
      onAnswer: () => {},
      onFault: () => {},
    },
  )
  setInterval(() => {}, 1_000)
}
