/**
 * A text as far as it says something: letters alone, in lower case, a space between words. Texts that differ in case,
 * punctuation, digits or spacing only are the same then.
 */
export function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]+/gu, ' ')
    .trim()
}
