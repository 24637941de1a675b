/** Filters that teach the language, each with what it means. */
export const filterExamples: readonly [text: string, meaning: string][] = [
  ['digits mlp', 'both words, wherever they stand'],
  ['val/accuracy.best > 0.7', '.last, .min, .max, .first too; alone: last'],
  ['lr <= 1e-3 and batch = 32', 'settings by their short names'],
  ['data = "digits" or data = "flowers"', 'whole texts, capitals or not'],
  ['name ~ resnet', 'contains'],
  ['status in (failed, stopped)', 'one of several'],
  ['not tag = "bad"', 'the opposite; tag != "bad" says the same'],
  ['note = none', 'has no value'],
  ['time > 5m and created >= 2026-01-31', 's, m, h, d; days as year-month-day'],
]
