export type { CsvColumnKind } from './csv/column-reader.ts'
export { type ReadCsvOptions, readCsv } from './csv/read-csv.ts'
export { readCsvBatches } from './csv/read-csv-batches.ts'
export {
  binnedKs,
  ksByChance,
  ksDistance,
  stabilityByChance,
  stabilityIndex,
  type WeightedValues,
  wassersteinDistance,
} from './drift/distances.ts'
export type { DriftSummary, LabelDrift, NumberDrift } from './drift/drift-summary.ts'
export { type AnsweredRows, type DriftCounts, DriftWindow, type RowShape } from './drift/drift-window.ts'
export {
  type DriftFinding,
  type DriftLimits,
  type DriftMeasure,
  type DriftSubject,
  type DriftVerdict,
  judgeDrift,
  type Limit,
} from './drift/judge-drift.ts'
export { type ReferenceProfileOptions, referenceProfile } from './drift/make-reference-profile.ts'
export type { NumberReference, ReferenceProfile } from './drift/reference-profile.ts'
export { type FeatureBatch, NO_VALUE, type RefusedRow } from './features/feature-batch.ts'
export type { FeatureOptions } from './features/feature-options.ts'
export { isPackedRow, packRows, type RowRange } from './features/packed-rows.ts'
export { readFeatures } from './features/read-features.ts'
export { type DividedTable, divideTable, type TablePart } from './features/table-parts.ts'
export { countKnownRows, rowKeys } from './hold-out/row-keys.ts'
export { type RowSplit, type SplitByRowHashOptions, splitByRowHash } from './hold-out/split-by-row-hash.ts'
export type { BoostedTree } from './learn/boosted-tree.ts'
export type { Classifier } from './learn/classifier.ts'
export { type FeatureMatrix, featureMatrix, toRowMajor } from './learn/feature-matrix.ts'
export { GradientBoosting, type GradientBoostingOptions } from './learn/gradient-boosting.ts'
export type { LinearMap } from './learn/linear-map.ts'
export { LogisticRegression, type LogisticRegressionOptions } from './learn/logistic-regression.ts'
export {
  PrincipalComponents,
  type PrincipalComponentsJson,
  type PrincipalComponentsOptions,
} from './learn/principal-components.ts'
export { RandomForest, type RandomForestOptions } from './learn/random-forest.ts'
export { type SmoteOptions, type SmoteResult, smote } from './learn/smote.ts'
export { StandardScaler, type StandardScalerJson } from './learn/standard-scaler.ts'
export { type BootstrapOptions, bootstrapInterval } from './metrics/bootstrap-interval.ts'
export {
  accuracyOf,
  type ClassScores,
  type ConfusionMatrix,
  classScores,
  confusionMatrix,
} from './metrics/confusion-matrix.ts'
export { type ClassificationMetrics, type EvaluateOptions, evaluate } from './metrics/evaluate.ts'
export { flatMetrics } from './metrics/flat-metrics.ts'
export { aucInterval, type Interval, wilsonInterval } from './metrics/intervals.ts'
export { type LabelSource, labelIndexes } from './metrics/label-indexes.ts'
export {
  type FeatureImportance,
  type PermutationImportanceOptions,
  permutationImportance,
} from './metrics/permutation-importance.ts'
export { brierScore, type CalibrationBin, calibrationCurve, logLoss } from './metrics/probability-scores.ts'
export { rocAuc } from './metrics/roc-auc.ts'
export {
  averagePrecision,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocCurve,
  thinCurve,
} from './metrics/threshold-curves.ts'
export { allowedOperators, assertSafeOnnx } from './onnx/assert-safe-onnx.ts'
export type { ExportableClassifier } from './onnx/classifier-part.ts'
export type { OnnxLimits } from './onnx/decode-model.ts'
export type { OnnxValue } from './onnx/decode-value.ts'
export { type ExportOnnxOptions, exportOnnx } from './onnx/export-onnx.ts'
export { inspectOnnx, type OnnxSummary } from './onnx/inspect-onnx.ts'
export { loadCheckedOnnx, loadOnnx, prepareOnnx } from './onnx/load-onnx.ts'
export { type ModelNames, namesOfModel } from './onnx/names-of-model.ts'
export { OnnxError, type OnnxErrorCode } from './onnx/onnx-error.ts'
export type { OnnxModel, Predictions } from './onnx/onnx-model.ts'
export { openTableWriter, schemaOf, type TableWriter, type TableWriterOptions } from './parquet/open-table-writer.ts'
export type { TableCodec } from './parquet/page-codec.ts'
export { parquetColumns } from './parquet/parquet-columns.ts'
export type { ReadParquetOptions } from './parquet/parquet-file.ts'
export { type ByteRange, type ParquetLayout, parquetLayout } from './parquet/parquet-layout.ts'
export { readParquet, visitParquet } from './parquet/read-parquet.ts'
export { readParquetBatches } from './parquet/read-parquet-batches.ts'
export { readParquetGroup } from './parquet/read-parquet-group.ts'
export type { StoredColumn } from './parquet/stored-column.ts'
export { writeParquet } from './parquet/write-parquet.ts'
export { type ProfileOptions, profileParquet, profileTable } from './profile/profile-table.ts'
export type {
  ColumnProfile,
  Correlations,
  NumberProfile,
  ProfileFinding,
  TableProfile,
} from './profile/table-profile.ts'
export { type TrainingReport, type TrainingReportOptions, trainingReport } from './report/training-report.ts'
export {
  type ParameterGrid,
  type ParameterRange,
  type ParameterSet,
  type ParameterSpace,
  parameterGrid,
  randomParameters,
} from './search/parameter-sets.ts'
export {
  type CrossValidation,
  crossValidate,
  type Fold,
  type FoldOptions,
  stratifiedFolds,
} from './search/stratified-folds.ts'
export type { BatchOptions } from './table/batch-options.ts'
export {
  booleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  float32Column,
  float64Column,
  int64Column,
  isNumberColumn,
  stringColumn,
} from './table/column.ts'
export { readTableBatches } from './table/read-table-batches.ts'
export { Table } from './table/table.ts'
export { TableError, type TableErrorCode } from './table/table-error.ts'
