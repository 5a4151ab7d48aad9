// Generated from the table in workspace/settings by go generate. Do not edit.

/** The server's settings, see docs/settings.md. There is none for a provider's key: that comes from the environment. */
export const keys = [
  "embedding.provider",
  "embedding.modelFile",
  "embedding.baseURL",
  "embedding.model",
  "embedding.dimensions",
  "embedding.batchSize",
  "embedding.concurrency",
  "embedding.timeout",
  "index.maxFileSize",
  "cache.directory",
  "cache.vectorBytes",
  "log.level",
  "log.file",
  "features.documentSymbols",
  "features.codeLens",
  "features.codeActions",
  "features.duplicateDiagnostics",
] as const;
