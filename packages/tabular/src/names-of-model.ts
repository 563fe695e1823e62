// An entry of its own: a thread that checks one model has nothing else to load.
export { type ModelNames, namesOfModel } from './onnx/names-of-model.ts'
